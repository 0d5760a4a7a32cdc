-- What the customer reads in private after an approval is what was approved, byte for byte, and a
-- voice is one person's there too. Services see to both; this is the last line.
CREATE FUNCTION approvals_guard_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreed approvals_approval;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state IN ('held', 'said') THEN
        SELECT * INTO agreed FROM approvals_approval WHERE text_id = NEW.id;
        IF (agreed.id IS NOT NULL OR OLD.state = 'approval')
           AND agreed.decision IS DISTINCT FROM 'approved'
        THEN
            RAISE EXCEPTION 'nobody approved private text %', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'only_approved_bytes';
        END IF;
        IF agreed.id IS NOT NULL AND NEW.state = 'held' AND (
            agreed.sha256 <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex')
            OR agreed.only_by_id <> NEW.author_id)
        THEN
            RAISE EXCEPTION 'private text % is not what was approved', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'only_approved_bytes';
        END IF;
        -- What is said stands in its message; there it is compared once more.
        IF agreed.id IS NOT NULL AND NEW.state = 'said' AND NOT EXISTS (
            SELECT 1 FROM handover_privatemessage p
            JOIN conversations_message m ON m.id = p.message_id
            WHERE p.hand_over_id = NEW.hand_over_id
              AND m.external_id = 'private:' || NEW.client_key
              AND m.author_id = NEW.author_id
              AND agreed.sha256 = encode(sha256(convert_to(m.body, 'UTF8')), 'hex'))
        THEN
            RAISE EXCEPTION 'private text % is not what was approved', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'only_approved_bytes';
        END IF;
    END IF;
    IF NEW.state = 'held' AND EXISTS (
        SELECT 1 FROM approvals_voice v
        JOIN handover_handover h ON h.id = NEW.hand_over_id
        JOIN conversations_conversation c ON c.id = h.conversation_id
        WHERE v.retired_at IS NULL AND v.person_id <> NEW.author_id
          AND (v.channel_id = c.channel_id OR strpos(lower(NEW.body), v.mark) > 0))
    THEN
        RAISE EXCEPTION 'private text % speaks in the voice of somebody else', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_voice_is_one_person_s';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER guard_text BEFORE INSERT OR UPDATE OF state, body, author_id ON handover_privatetext
    FOR EACH ROW EXECUTE FUNCTION approvals_guard_text();
