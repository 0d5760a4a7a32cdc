-- The policy that applies: the first in order whose conditions all hold; `version` is that of its
-- hours in force. The statement that reads the facts and the function below both ask here.
CREATE FUNCTION sla_policy_for(p_brand bigint, p_channel bigint, p_topic bigint, p_team bigint,
                               p_why text, p_priority text, p_mark text)
RETURNS TABLE (id bigint, first_response integer, next_response integer, resolution integer,
               pauses boolean, hours_id bigint, version bigint)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT s.id, s.first_response, s.next_response, s.resolution, s.pauses, s.hours_id,
           (SELECT v.id FROM sla_hoursversion v WHERE v.hours_id = s.hours_id
            ORDER BY v.number DESC LIMIT 1)
    FROM sla_slapolicy s
    WHERE s.retired_at IS NULL
      AND (s.brand_id IS NULL OR s.brand_id = p_brand)
      AND (s.channel_id IS NULL OR s.channel_id = p_channel)
      AND (s.topic_id IS NULL OR s.topic_id = p_topic)
      AND (s.team_id IS NULL OR s.team_id = p_team)
      AND (s.why = '' OR s.why = p_why)
      AND (s.priority = '' OR s.priority = p_priority)
      AND (s.mark = '' OR s.mark = p_mark)
    ORDER BY s.position, s.id LIMIT 1
$$;

-- How many seconds a conversation that is about to be stored is promised. With it the intake
-- writes the row once; writing the due time a moment later would cost all its indexes again.
-- A mark of the person is not known here and corrected at once by the function below. Empty
-- where hours must be counted: that is worked out afterwards, as everything else is.
CREATE OR REPLACE FUNCTION conversations_promised(p_channel bigint, p_team bigint, p_why text)
RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p.hours_id IS NULL THEN p.first_response END
    FROM channels_channel ch,
         sla_policy_for(ch.brand_id, ch.id, NULL, p_team, p_why, 'normal', '') p
    WHERE ch.id = p_channel
$$;

-- Start the clocks of those conversations where nothing but a first message happened and every
-- second counts, and pass over those whose clock already runs for the turn they are in. Returns
-- the others: they need the whole look. `p_soon`: the part of a target after which the alarm
-- looks first.
CREATE FUNCTION sla_begin(p_ids bigint[], p_soon double precision) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    v_new bigint[];
    v_begun bigint[];
    v_left bigint[];
BEGIN
    SELECT array_agg(c.id) FILTER (WHERE k.clocks IS NULL),
           array_agg(c.id) FILTER (WHERE NOT coalesce(k.clocks IS NULL OR k.runs_on, false))
    INTO v_new, v_left
    FROM conversations_conversation c
    LEFT JOIN LATERAL (
        SELECT count(*) AS clocks,
               bool_or(a.metric <> 'resolution' AND a.ended_at IS NULL AND a.turn_id = c.turn_id)
               AND bool_and(a.ended_at IS NOT NULL OR a.runs_since IS NOT NULL)
               AND bool_and(a.ended_at IS NOT NULL OR a.metric = 'resolution'
                            OR a.turn_id = c.turn_id)
               AND c.state = 'open' AND c.waiting_since IS NOT NULL AS runs_on
        FROM sla_appliedsla a WHERE a.conversation_id = c.id HAVING count(*) > 0
    ) k ON true
    WHERE c.id = ANY (p_ids);
    IF v_new IS NULL THEN
        RETURN v_left;
    END IF;

    WITH found AS MATERIALIZED (
        SELECT c.id, c.turn_id, c.waiting_since, c.due_at, c.due_seconds, p.id AS policy_id,
               p.first_response, p.resolution, p.pauses, said.newest
        FROM conversations_conversation c
        JOIN channels_channel ch ON ch.id = c.channel_id
        JOIN contacts_contact person ON person.id = c.contact_id
        CROSS JOIN LATERAL (
            SELECT max(m.id) AS newest, bool_or(m.direction <> 'inbound') AS answered
            FROM conversations_message m WHERE m.conversation_id = c.id
        ) said
        CROSS JOIN LATERAL sla_policy_for(ch.brand_id, ch.id, c.topic_id, c.team_id, c.why,
                                          c.priority, person.mark) p
        WHERE c.id = ANY (v_new) AND c.state = 'open' AND c.waiting_since IS NOT NULL
          AND NOT said.answered AND p.hours_id IS NULL
    ), started AS (
        INSERT INTO sla_appliedsla (
            conversation_id, turn_id, metric, policy_id, target, pauses, seen_id, started_at,
            runs_since, spent, due_at, alarm_at, state, ended_by)
        SELECT f.id, f.turn_id, t.metric, f.policy_id, t.target,
               f.pauses AND t.metric = 'resolution', f.newest, f.waiting_since, f.waiting_since, 0,
               f.waiting_since + make_interval(secs => t.target),
               f.waiting_since + make_interval(secs => CASE
                   WHEN f.waiting_since + make_interval(secs => p_soon * t.target)
                        > statement_timestamp() THEN p_soon * t.target ELSE t.target END),
               'pending', ''
        FROM found f CROSS JOIN LATERAL (VALUES
            ('first_response', f.first_response), ('resolution', f.resolution)) AS t(metric, target)
        WHERE t.target IS NOT NULL
        ON CONFLICT DO NOTHING
    ), due AS (
        UPDATE conversations_conversation c
        SET due_at = f.waiting_since + make_interval(secs => f.first_response),
            due_seconds = f.first_response
        FROM found f
        WHERE c.id = f.id AND (c.due_at, c.due_seconds) IS DISTINCT FROM
              (f.waiting_since + make_interval(secs => f.first_response), f.first_response)
    )
    SELECT array_agg(id) INTO v_begun FROM found;
    RETURN (SELECT array_agg(id) FROM (
        SELECT unnest(v_left) AS id
        UNION ALL SELECT unnest(v_new) EXCEPT ALL SELECT unnest(coalesce(v_begun, '{}'))
    ) others);
END $$;
