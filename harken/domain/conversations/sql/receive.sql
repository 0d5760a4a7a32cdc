-- Store a batch of public posts with all their effects in one call, a set at a time.
--
-- p_channel: the channel; p_posts: a JSON array whose objects have the fields of
-- `conversations_intake_post`; p_raws: raw items as bytes, `raw` is the 1-based place in it.
-- Returns how many posts were new, the conversations they are in (`touched`) and those of them
-- whose turn the caller must work out (`settled`), and whether something that arrived before its
-- post is `unfinished`: an answer of our own account to one of them, or an edit of one. A post is
-- new when it is neither stored nor buried, so order and repeats do not matter. The caller moves
-- the cursor in the same transaction. Contacts are shared by all channels of a network: therefore
-- one intake at a time per network.
--
-- What is known already is looked up row by row (a scalar subquery, LIMIT 1) and never by a join:
-- a plan made while the tables were small would go on reading them from end to end.
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
RETURNS TABLE (stored integer, touched bigint[], settled bigint[], unfinished boolean)
LANGUAGE plpgsql AS $$
DECLARE
    v_network text;
    v_team bigint;
    v_fresh conversations_intake_post[];
    v_ids bigint[];
    v_touched bigint[];
    v_settled bigint[];
    v_sequence regclass := pg_get_serial_sequence('conversations_message', 'id');
BEGIN
    SELECT network, team_id INTO STRICT v_network, v_team
    FROM channels_channel WHERE id = p_channel;
    PERFORM pg_advisory_xact_lock(hashtext('harken.intake.' || v_network));

    SELECT array_agg(p ORDER BY p.sent_at, p.external_id) INTO v_fresh
    FROM (SELECT DISTINCT ON (external_id) *
          FROM jsonb_populate_recordset(NULL::conversations_intake_post, p_posts)) p
    WHERE (SELECT m.id FROM conversations_message m
           WHERE m.channel_id = p_channel AND m.external_id = p.external_id) IS NULL
      AND (SELECT t.id FROM conversations_tombstone t
           WHERE t.channel_id = p_channel AND t.external_id = p.external_id) IS NULL;
    IF v_fresh IS NULL THEN
        RETURN QUERY SELECT 0, NULL::bigint[], NULL::bigint[], false;
        RETURN;
    END IF;

    -- People: a handle we do not know yet is a new contact; a renamed one is the same person.
    WITH author AS (
        SELECT DISTINCT ON (author_id) * FROM unnest(v_fresh) ORDER BY author_id, sent_at DESC
    ), newcomer AS MATERIALIZED (
        SELECT a.*, nextval(pg_get_serial_sequence('contacts_contact', 'id')) AS contact_id
        FROM author a
        WHERE (SELECT h.id FROM contacts_handle h
               WHERE h.network = v_network AND h.external_id = a.author_id) IS NULL
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
        WHERE h.id = (SELECT k.id FROM contacts_handle k
                      WHERE k.network = v_network AND k.external_id = a.author_id)
          AND (h.handle, h.display_name, h.avatar_url)
              IS DISTINCT FROM (a.author_handle, a.author_name, a.avatar_url)
    )
    INSERT INTO contacts_handle (contact_id, network, external_id, handle, display_name,
                                 avatar_url, profile_url, followers)
    SELECT contact_id, v_network, author_id, author_handle, author_name,
           avatar_url, profile_url, followers
    FROM newcomer;

    -- The message ids are drawn first, so that a new conversation is written once, turn and all.
    v_ids := ARRAY(SELECT nextval(v_sequence) FROM generate_subscripts(v_fresh, 1));

    WITH post AS MATERIALIZED (
        SELECT p.*, v_ids[p.place] AS message_id, h.id AS handle_id, h.contact_id
        FROM unnest(v_fresh) WITH ORDINALITY AS p(
            external_id, raw, author_id, author_handle, author_name, avatar_url, profile_url,
            followers, body, sent_at, root_id, parent_id, why, lang, url, images, quoted, native,
            version, ancestors, place)
        CROSS JOIN LATERAL (
            SELECT h.id, h.contact_id FROM contacts_handle h
            WHERE h.network = v_network AND h.external_id = p.author_id LIMIT 1
        ) h
    ), newcomer AS MATERIALIZED (
        SELECT root_id, contact_id, min(handle_id) AS handle_id,
               (array_agg(why ORDER BY sent_at))[1] AS why,
               (array_agg(lang ORDER BY sent_at))[1] AS lang,
               min(sent_at) AS first_at, max(sent_at) AS last_at,
               (array_agg(left(body, 240) ORDER BY sent_at DESC, place DESC))[1] AS snippet,
               count(*) AS posts, (array_agg(message_id ORDER BY sent_at, place))[1] AS turn_id
        FROM post GROUP BY root_id, contact_id
    ), promised AS MATERIALIZED (
        SELECT why, conversations_promised(p_channel, v_team, why) AS seconds
        FROM (SELECT DISTINCT why FROM newcomer) ways
    ), conversation AS (
        INSERT INTO conversations_conversation AS c (
            channel_id, thread_key, contact_id, handle_id, team_id, why, language, opened_at,
            last_message_at, snippet, message_count, waiting_since, turn_id, due_at, due_seconds)
        SELECT p_channel, root_id, contact_id, handle_id, v_team, n.why, n.lang, first_at, last_at,
               snippet, posts, first_at, turn_id, first_at + make_interval(secs => promised.seconds),
               promised.seconds
        FROM newcomer n JOIN promised USING (why)
        ORDER BY root_id, contact_id
        ON CONFLICT (channel_id, thread_key, contact_id) DO UPDATE
        SET message_count = c.message_count + excluded.message_count,
            opened_at = least(c.opened_at, excluded.opened_at),
            snippet = CASE WHEN excluded.last_message_at >= c.last_message_at
                           THEN excluded.snippet ELSE c.snippet END,
            last_message_at = greatest(c.last_message_at, excluded.last_message_at),
            state = 'open',
            turn_id = CASE WHEN excluded.waiting_since < c.waiting_since
                             OR c.waiting_since IS NULL
                           THEN excluded.turn_id ELSE c.turn_id END,
            waiting_since = least(c.waiting_since, excluded.waiting_since)
        RETURNING c.id, c.thread_key, c.contact_id, c.team_id, c.settled_until
    ), message AS (
        INSERT INTO conversations_message (
            id, conversation_id, channel_id, external_id, direction, handle_id, body, lang, why,
            sent_at, parent_id_at_network, url, images, quoted, native, version, raw)
        SELECT p.message_id, c.id, p_channel, p.external_id, 'inbound', p.handle_id, p.body,
               p.lang, p.why, p.sent_at, coalesce(p.parent_id, ''), p.url, p.images, p.quoted,
               p.native, p.version, p_raws[p.raw]
        FROM post p
        JOIN conversation c ON c.thread_key = p.root_id AND c.contact_id = p.contact_id
    ), told AS (
        INSERT INTO journal_event (kind, conversation_id, channel_id, teams, data)
        SELECT 'MessageReceived', c.id, p_channel, array_remove(ARRAY[c.team_id], NULL),
               jsonb_build_object('message', p.message_id)
        FROM post p
        JOIN conversation c ON c.thread_key = p.root_id AND c.contact_id = p.contact_id
        ORDER BY p.sent_at, p.place
    )
    -- Where our account already answered outside Harken, who waits must be worked out anew.
    SELECT array_agg(id), array_agg(id) FILTER (WHERE settled_until IS NOT NULL)
    INTO v_touched, v_settled FROM conversation;

    IF p_posts @? '$[*].ancestors[0]' THEN
        INSERT INTO conversations_contextpost (
            channel_id, external_id, parent_id_at_network, author_handle, author_name, by_us, body,
            images, sent_at, url)
        SELECT DISTINCT ON (a.external_id)
               p_channel, a.external_id, coalesce(a.parent_id, ''), a.author_handle, a.author_name,
               a.by_us, a.body, a.images, a.sent_at, a.url
        FROM unnest(v_fresh) p,
             jsonb_populate_recordset(NULL::conversations_intake_context, p.ancestors) a
        ON CONFLICT (channel_id, external_id) DO NOTHING;
    END IF;

    PERFORM pg_notify('harken', '');
    RETURN QUERY SELECT cardinality(v_fresh), v_touched, v_settled, EXISTS (
        SELECT 1 FROM conversations_contextpost o
        WHERE o.channel_id = p_channel AND o.by_us
          AND o.parent_id_at_network IN (SELECT external_id FROM unnest(v_fresh))
    ) OR EXISTS (
        SELECT 1 FROM conversations_earlyedit e
        WHERE e.channel_id = p_channel
          AND e.external_id IN (SELECT external_id FROM unnest(v_fresh)));
END $$;
