-- Store a batch of public posts with all their effects in one call, a set at a time.
--
-- p_channel: the channel; p_posts: a JSON array whose objects have the fields of
-- `conversations_intake_post`; p_raws: raw items as bytes, `raw` is the 1-based place in it.
-- Returns how many posts were new and whether something that arrived before them is `unfinished`:
-- an answer of our own account to one of them, or an edit of one. A post is new when it is neither stored nor buried, so order and
-- repeats do not matter. The caller moves the cursor in the same transaction. Contacts are
-- shared by all channels of a network: therefore one intake at a time per network.
CREATE TYPE conversations_intake_post AS (
    external_id text, raw integer, author_id text, author_handle text, author_name text,
    avatar_url text, profile_url text, followers integer, body text, sent_at timestamptz,
    root_id text, parent_id text, why text, lang text, url text, images jsonb, quoted jsonb,
    native jsonb, version text, ancestors jsonb
);
CREATE TYPE conversations_intake_context AS (
    external_id text, parent_id text, author_handle text, author_name text, by_us boolean,
    body text, images jsonb, sent_at timestamptz, url text
);

CREATE FUNCTION conversations_receive(p_channel bigint, p_posts jsonb, p_raws bytea[])
RETURNS TABLE (stored integer, unfinished boolean)
LANGUAGE plpgsql AS $$
DECLARE
    v_network text;
    v_team bigint;
    v_fresh conversations_intake_post[];
    v_stored integer;
BEGIN
    SELECT network, team_id INTO STRICT v_network, v_team
    FROM channels_channel WHERE id = p_channel;
    PERFORM pg_advisory_xact_lock(hashtext('harken.intake.' || v_network));

    SELECT array_agg(p) INTO v_fresh
    FROM (SELECT DISTINCT ON (external_id) *
          FROM jsonb_populate_recordset(NULL::conversations_intake_post, p_posts)) p
    WHERE NOT EXISTS (SELECT 1 FROM conversations_message m
                      WHERE m.channel_id = p_channel AND m.external_id = p.external_id)
      AND NOT EXISTS (SELECT 1 FROM conversations_tombstone t
                      WHERE t.channel_id = p_channel AND t.external_id = p.external_id);
    IF v_fresh IS NULL THEN
        RETURN QUERY SELECT 0, false;
        RETURN;
    END IF;

    -- People: a handle we do not know yet is a new contact; a renamed one is the same person.
    WITH author AS (
        SELECT DISTINCT ON (author_id) * FROM unnest(v_fresh) ORDER BY author_id, sent_at DESC
    ), newcomer AS MATERIALIZED (
        SELECT a.*, nextval(pg_get_serial_sequence('contacts_contact', 'id')) AS contact_id
        FROM author a
        WHERE NOT EXISTS (SELECT 1 FROM contacts_handle h
                          WHERE h.network = v_network AND h.external_id = a.author_id)
    ), contact AS (
        INSERT INTO contacts_contact (id, name, name_to_use, language, first_seen_at)
        SELECT contact_id, coalesce(nullif(author_name, ''), author_handle),
               left(split_part(author_name, ' ', 1), 80), lang, sent_at
        FROM newcomer
    ), renamed AS (
        UPDATE contacts_handle h
        SET handle = a.author_handle, display_name = a.author_name,
            avatar_url = a.avatar_url, followers = a.followers
        FROM author a
        WHERE h.network = v_network AND h.external_id = a.author_id
          AND (h.handle, h.display_name, h.avatar_url)
              IS DISTINCT FROM (a.author_handle, a.author_name, a.avatar_url)
    )
    INSERT INTO contacts_handle (contact_id, network, external_id, handle, display_name,
                                 avatar_url, profile_url, followers)
    SELECT contact_id, v_network, author_id, author_handle, author_name,
           avatar_url, profile_url, followers
    FROM newcomer;

    INSERT INTO conversations_conversation (
        channel_id, thread_key, contact_id, handle_id, team_id, why, opened_at, last_message_at,
        language)
    SELECT DISTINCT ON (p.root_id, h.contact_id)
           p_channel, p.root_id, h.contact_id, h.id, v_team, p.why, p.sent_at, p.sent_at, p.lang
    FROM unnest(v_fresh) p
    JOIN contacts_handle h ON h.network = v_network AND h.external_id = p.author_id
    ORDER BY p.root_id, h.contact_id, p.sent_at
    ON CONFLICT (channel_id, thread_key, contact_id) DO NOTHING;

    WITH message AS (
        INSERT INTO conversations_message (
            conversation_id, channel_id, external_id, direction, handle_id, body, lang, why,
            sent_at, parent_id_at_network, url, images, quoted, native, version, raw)
        SELECT c.id, p_channel, p.external_id, 'inbound', h.id, p.body, p.lang, p.why, p.sent_at,
               coalesce(p.parent_id, ''), p.url, p.images, p.quoted, p.native, p.version,
               p_raws[p.raw]
        FROM unnest(v_fresh) p
        JOIN contacts_handle h ON h.network = v_network AND h.external_id = p.author_id
        JOIN conversations_conversation c ON c.channel_id = p_channel
             AND c.thread_key = p.root_id AND c.contact_id = h.contact_id
        ORDER BY p.sent_at, p.external_id
        ON CONFLICT (channel_id, external_id) DO NOTHING
        RETURNING id, conversation_id, body, sent_at
    ), told AS (
        INSERT INTO journal_event (kind, conversation_id, channel_id, teams, data)
        SELECT 'MessageReceived', m.conversation_id, p_channel,
               array_remove(ARRAY[c.team_id], NULL), jsonb_build_object('message', m.id)
        FROM message m JOIN conversations_conversation c ON c.id = m.conversation_id
        ORDER BY m.id
    ), waits AS (
        SELECT DISTINCT ON (m.conversation_id) m.conversation_id, m.id, m.sent_at
        FROM message m JOIN conversations_conversation c ON c.id = m.conversation_id
        WHERE c.settled_until IS NULL OR m.sent_at > c.settled_until
        ORDER BY m.conversation_id, m.sent_at, m.id
    ), newest AS (
        SELECT DISTINCT ON (conversation_id) conversation_id, body, sent_at,
               count(*) OVER (PARTITION BY conversation_id) AS messages,
               min(m.sent_at) OVER (PARTITION BY conversation_id) AS oldest
        FROM message m ORDER BY conversation_id, sent_at DESC, id DESC
    ), touched AS (
        UPDATE conversations_conversation c
        SET message_count = c.message_count + n.messages,
            opened_at = least(c.opened_at, n.oldest),
            snippet = CASE WHEN n.sent_at >= c.last_message_at OR c.snippet = ''
                           THEN left(n.body, 240) ELSE c.snippet END,
            last_message_at = greatest(c.last_message_at, n.sent_at),
            state = CASE WHEN w.id IS NULL THEN c.state ELSE 'open' END,
            turn_id = CASE WHEN c.waiting_since IS NULL OR w.sent_at < c.waiting_since
                           THEN coalesce(w.id, c.turn_id) ELSE c.turn_id END,
            waiting_since = least(c.waiting_since, w.sent_at)
        FROM newest n LEFT JOIN waits w ON w.conversation_id = n.conversation_id
        WHERE c.id = n.conversation_id
    )
    SELECT count(*) INTO v_stored FROM message;

    INSERT INTO conversations_contextpost (
        channel_id, external_id, parent_id_at_network, author_handle, author_name, by_us, body,
        images, sent_at, url)
    SELECT DISTINCT ON (a.external_id)
           p_channel, a.external_id, coalesce(a.parent_id, ''), a.author_handle, a.author_name,
           a.by_us, a.body, a.images, a.sent_at, a.url
    FROM unnest(v_fresh) p,
         jsonb_populate_recordset(NULL::conversations_intake_context, p.ancestors) a
    ON CONFLICT (channel_id, external_id) DO NOTHING;

    PERFORM pg_notify('harken', '');
    RETURN QUERY SELECT v_stored, EXISTS (
        SELECT 1 FROM conversations_contextpost o
        WHERE o.channel_id = p_channel AND o.by_us
          AND o.parent_id_at_network IN (SELECT external_id FROM unnest(v_fresh))
    ) OR EXISTS (
        SELECT 1 FROM conversations_earlyedit e
        WHERE e.channel_id = p_channel
          AND e.external_id IN (SELECT external_id FROM unnest(v_fresh)));
END $$;
