-- What leaves after an approval is what was approved, byte for byte, and a voice is one person's.
-- Services see to both; this is the last line, and it holds whoever writes to the table.
CREATE FUNCTION approvals_guard_reply() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreed approvals_approval;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT * INTO agreed FROM approvals_approval WHERE reply_id = NEW.id;
        IF agreed.decision <> 'approved' AND OLD.state = 'approval'
           AND NEW.state NOT IN ('approval', 'undone')
        THEN
            RAISE EXCEPTION 'nobody approved reply %', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'only_approved_bytes';
        END IF;
        IF agreed.decision = 'approved' AND (
            agreed.sha256 <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex')
            OR agreed.sha256 <> NEW.body_sha256
            OR agreed.only_by_id <> NEW.author_id)
        THEN
            RAISE EXCEPTION 'reply % is not what was approved', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'only_approved_bytes';
        END IF;
    END IF;
    IF NEW.state IN ('held', 'queued', 'scheduled') AND EXISTS (
        SELECT 1 FROM approvals_voice v
        WHERE v.retired_at IS NULL AND v.person_id <> NEW.author_id
          AND (v.channel_id = NEW.channel_id OR strpos(lower(NEW.body), v.mark) > 0))
    THEN
        RAISE EXCEPTION 'reply % speaks in the voice of somebody else', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_voice_is_one_person_s';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER guard_new_reply BEFORE INSERT ON replies_reply
    FOR EACH ROW EXECUTE FUNCTION approvals_guard_reply();
-- A worker changes states of many replies a second; most of them are none of this room's.
CREATE TRIGGER guard_reply BEFORE UPDATE OF state, body, body_sha256, author_id ON replies_reply
    FOR EACH ROW WHEN (OLD.state = 'approval' OR OLD.body IS DISTINCT FROM NEW.body
        OR OLD.body_sha256 IS DISTINCT FROM NEW.body_sha256
        OR OLD.author_id IS DISTINCT FROM NEW.author_id)
    EXECUTE FUNCTION approvals_guard_reply();

-- A decision stands: nobody changes afterwards who decided what about which bytes.
CREATE FUNCTION approvals_keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'approval % is decided', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_decision_stands';
END
$$;

CREATE TRIGGER keep_decision BEFORE UPDATE ON approvals_approval
    FOR EACH ROW WHEN (OLD.decision <> '') EXECUTE FUNCTION approvals_keep_decision();
