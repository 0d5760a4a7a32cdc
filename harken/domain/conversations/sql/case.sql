-- What a leading conversation shows for its whole case is kept here and nowhere else: intake,
-- clocks, answers and people all change a merged conversation as if it stood alone, and the rows
-- they change say so themselves. Nothing runs for a conversation that is not part of a case.

CREATE FUNCTION conversations_gather_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_leader bigint;
BEGIN
    FOREACH v_leader IN ARRAY ARRAY(
        SELECT DISTINCT leader FROM unnest(ARRAY[OLD.merged_into_id, NEW.merged_into_id]) leader
        WHERE leader IS NOT NULL ORDER BY leader)
    LOOP
        -- Locked first: the statement after it then sees what others gathered before us.
        PERFORM 1 FROM conversations_conversation WHERE id = v_leader FOR NO KEY UPDATE;
        UPDATE conversations_conversation whole
        SET case_open = found.is_open, case_last_at = found.last_at,
            case_waiting_since = found.waiting_since, case_due_at = found.due_at,
            case_due_seconds = found.due_seconds
        FROM (
            SELECT coalesce(bool_or(m.state = 'open'), false) AS is_open,
                   max(m.last_message_at) AS last_at,
                   min(m.waiting_since) FILTER (WHERE m.state = 'open') AS waiting_since,
                   min(m.due_at) FILTER (WHERE m.state = 'open') AS due_at,
                   (array_agg(m.due_seconds ORDER BY m.due_at)
                    FILTER (WHERE m.state = 'open' AND m.due_at IS NOT NULL))[1] AS due_seconds
            FROM conversations_conversation m WHERE m.merged_into_id = v_leader
        ) found
        WHERE whole.id = v_leader
          AND (whole.case_open, whole.case_last_at, whole.case_waiting_since,
               whole.case_due_at, whole.case_due_seconds)
              IS DISTINCT FROM (found.is_open, found.last_at, found.waiting_since,
                                found.due_at, found.due_seconds);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER gather_case AFTER UPDATE ON conversations_conversation FOR EACH ROW
WHEN (OLD.merged_into_id IS NOT NULL OR NEW.merged_into_id IS NOT NULL)
EXECUTE FUNCTION conversations_gather_case();

-- Who may see the leading one may see all of its case, and nobody else.
CREATE FUNCTION conversations_tell_case_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations_conversation SET case_team = NEW.team_id
    WHERE merged_into_id = NEW.id AND case_team IS DISTINCT FROM NEW.team_id;
    RETURN NULL;
END $$;

CREATE TRIGGER tell_case_team AFTER UPDATE OF team_id ON conversations_conversation FOR EACH ROW
WHEN (OLD.team_id IS DISTINCT FROM NEW.team_id)
EXECUTE FUNCTION conversations_tell_case_team();
