BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0008');
CREATE TABLE articles (
	id INTEGER NOT NULL, 
	source_id VARCHAR NOT NULL, 
	story_id INTEGER NOT NULL, 
	url TEXT, 
	url_key TEXT, 
	title TEXT NOT NULL, 
	byline TEXT, 
	published_at BIGINT, 
	published_known VARCHAR NOT NULL, 
	language VARCHAR, 
	first_seen BIGINT NOT NULL, 
	sections JSON NOT NULL, 
	categories JSON NOT NULL, 
	source_tags JSON NOT NULL, 
	removed JSON NOT NULL, 
	content_hash VARCHAR NOT NULL, updated_at BIGINT, 
	CONSTRAINT pk_articles PRIMARY KEY (id), 
	CONSTRAINT fk_articles_story_id FOREIGN KEY(story_id) REFERENCES stories (id)
);
INSERT INTO "articles" VALUES(1,'gone',1,'https://e.org/a','x','x','A. Writer',1772330400000000,'exact','en',1772330400000000,'[[null, ["Lead."]], ["Heading", ["One.", "Two."]]]','["politics"]','["wire"]','["Share."]','h',NULL);
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	delivery_id VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_attempts PRIMARY KEY (id), 
	CONSTRAINT fk_attempts_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
);
INSERT INTO "attempts" VALUES(1,'2d7e720431695ed1b3dff0f2fb51fe4d','hook',1772362800000000);
INSERT INTO "attempts" VALUES(2,'59d4d884ed425db1913ceacb9d6a61a0','desk',1772362800000000);
INSERT INTO "attempts" VALUES(3,'bcce8b42b185552d96524a65dbd32f4f','desk',1772362800000000);
INSERT INTO "attempts" VALUES(4,'fe22efb6de4b55dbb71e2aa0f12dae72','desk',1772362800000000);
INSERT INTO "attempts" VALUES(5,'98ae862c8e275035a941d5d2efb4cd7f','team',1772362800000000);
INSERT INTO "attempts" VALUES(6,'93a61d96031c5915a3a333711c3aa425','shelf',1772362800000000);
INSERT INTO "attempts" VALUES(7,'ee13f7aad9865c388eb9c453df2ceb0c','shelf',1772362800000000);
INSERT INTO "attempts" VALUES(8,'9fb63d5e845d59ffbc5009acee1adbf4','night',1772362800000000);
INSERT INTO "attempts" VALUES(9,'cc72c7504eec5251b102ad474b5033d4','night',1772362800000000);
CREATE TABLE deliveries (
	id VARCHAR NOT NULL, 
	digest_id VARCHAR NOT NULL, 
	digest_name VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	holder VARCHAR, 
	leased_until BIGINT, 
	error TEXT, 
	sent_at BIGINT, 
	note TEXT, taken JSON DEFAULT '[]' NOT NULL, needs_person BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT fk_deliveries_digest_id FOREIGN KEY(digest_id) REFERENCES digests (id)
);
INSERT INTO "deliveries" VALUES('2d7e720431695ed1b3dff0f2fb51fe4d','d1','flash','hook','dead',1772359200000000,1772359200000000,1,NULL,NULL,'it answered 410',NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('59d4d884ed425db1913ceacb9d6a61a0','d2','flash','desk','dead',1772359200000000,1772359200000000,1,NULL,NULL,'mx.example:25 refused ann@example.org: 550 5.1.1 unknown (queue 4Z0)',NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('bcce8b42b185552d96524a65dbd32f4f','d3','flash','desk','dead',1772359200000000,1772359200000000,1,NULL,NULL,'mx.example:25 refused ann@example.org: 550 5.1.1 unknown (queue 4Z1)',NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('fe22efb6de4b55dbb71e2aa0f12dae72','d4','flash','desk','dead',1772359200000000,1772359200000000,1,NULL,NULL,'no answer from mx.example:25 (given up after 43 attempts in 3 days)',NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('98ae862c8e275035a941d5d2efb4cd7f','d5','operators','team','dead',1772359200000000,1772359200000000,1,NULL,NULL,'https://team answered 404: no such team',NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('93a61d96031c5915a3a333711c3aa425','d6','flash','shelf','sent',1772359200000000,1772359200000000,1,NULL,NULL,NULL,1772362800000000,'not taken for bob@example.org: 550 no such person','[]',0);
INSERT INTO "deliveries" VALUES('ee13f7aad9865c388eb9c453df2ceb0c','d7','flash','shelf','sent',1772359200000000,1772359200000000,1,NULL,NULL,NULL,1772362800000000,'the picture was left out','[]',0);
INSERT INTO "deliveries" VALUES('9fb63d5e845d59ffbc5009acee1adbf4','d8','flash','night','waiting',1772359200000000,1772384400000000,1,NULL,NULL,'connection refused',NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('cc72c7504eec5251b102ad474b5033d4','d9','flash','night','waiting',1772359200000000,1772384400000000,1,NULL,NULL,'connection refused',NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('936f7c51071e5113a0549dd6dc37cfc2','ccc99f25e46f4433a4037546f6e7a617','operators','shelf','waiting',1772366400000000,1772366400000000,0,NULL,NULL,NULL,NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('8a4cc509fd785c3483bde251cd9762c1','ccc99f25e46f4433a4037546f6e7a617','operators','team','waiting',1772366400000000,1772366400000000,0,NULL,NULL,NULL,NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('b5052435e25c5c859bbdb3a44f159490','7014334a5ab8492cb586c08d538b3f42','operators','shelf','waiting',1772366400000000,1772366400000000,0,NULL,NULL,NULL,NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('087e7299cf0850128673bf938429ec5d','2a142ae3574a4085bb66dbd36d03625f','operators','shelf','waiting',1772370060000000,1772370060000000,0,NULL,NULL,NULL,NULL,NULL,'[]',0);
INSERT INTO "deliveries" VALUES('d78daa68a8cd546289bfb33f5f9b4b14','2a142ae3574a4085bb66dbd36d03625f','operators','team','waiting',1772370060000000,1772370060000000,0,NULL,NULL,NULL,NULL,NULL,'[]',0);
CREATE TABLE digest_marks (
	name VARCHAR NOT NULL, 
	known_since BIGINT NOT NULL, 
	last_composed BIGINT, 
	last_scheduled BIGINT, gone_since BIGINT, 
	CONSTRAINT pk_digest_marks PRIMARY KEY (name)
);
INSERT INTO "digest_marks" VALUES('a',1772330400000000,NULL,NULL,NULL);
INSERT INTO "digest_marks" VALUES('daily',1772330400000000,NULL,NULL,NULL);
CREATE TABLE digests (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	composed_at BIGINT NOT NULL, 
	scheduled BIGINT, 
	subject TEXT NOT NULL, 
	html TEXT NOT NULL, 
	text TEXT NOT NULL, 
	json TEXT NOT NULL, 
	CONSTRAINT pk_digests PRIMARY KEY (id), 
	CONSTRAINT uq_digests_name_scheduled UNIQUE (name, scheduled)
);
INSERT INTO "digests" VALUES('d1','flash',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('d2','flash',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('d3','flash',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('d4','flash',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('d5','operators',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('d6','flash',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('d7','flash',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('d8','flash',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('d9','flash',1772359200000000,NULL,'Flash','-','-','{}');
INSERT INTO "digests" VALUES('ccc99f25e46f4433a4037546f6e7a617','operators',1772366400000000,NULL,'watchdesk needs you: 13 troubles','-','-','{
  "version": 1,
  "type": "notice",
  "subject": "watchdesk needs you: 13 troubles",
  "composed_at": "2026-03-01T12:00:00Z",
  "troubles": [
    {
      "cause": "gone:gone:http://gone.example/feed",
      "sentence": "The publisher of The Gone (http://gone.example/feed) says that it is gone for good, so it is not polled any more. Find its new address, or take it out of sources.yaml."
    },
    {
      "cause": "failing:down",
      "sentence": "The Down (http://down.example/feed) could not be read since 26 February 2026, 12:00 UTC: it answered 503."
    },
    {
      "cause": "failing:never",
      "sentence": "The Never (http://never.example/feed) could not be read yet: no answer."
    },
    {
      "cause": "moved:moved:https://new.example/feed",
      "sentence": "The Moved (http://moved.example/feed) has moved for good to https://new.example/feed. It is polled there; write the new address into sources.yaml."
    },
    {
      "cause": "stopped:hook",
      "sentence": "Nothing is sent to the channel hook any more, for its receiver said so: it answered 410. When that is mended: watchdesk deliveries retry --channel hook."
    },
    {
      "cause": "dead:desk:mx.example:# refused (address) 550 5.1.1",
      "sentence": "2 digests for the channel desk could not be sent: mx.example:25 refused ann@example.org: 550 5.1.1 unknown (queue 4Z0). They are kept: watchdesk deliveries --state dead --channel desk. When that is mended: watchdesk deliveries retry --channel desk."
    },
    {
      "cause": "failing:night",
      "sentence": "The channel night takes nothing: connection refused. 2 deliveries wait and are tried again for three days; watchdesk deliveries --channel night has more."
    },
    {
      "cause": "partly:shelf:bob@example.org",
      "sentence": "The channel shelf took a digest, but: not taken for bob@example.org: 550 no such person. It is not sent to them again; where an address is wrong, correct it in watchdesk.yaml."
    },
    {
      "cause": "partly:shelf:the picture was left out",
      "sentence": "The channel shelf took a digest, but: the picture was left out."
    },
    {
      "cause": "digest:a",
      "sentence": "The digest a cannot be made, by a mistake in watchdesk: OverflowError: date value out of range. What it is to hold is kept, and it is tried again each minute. Please report it; the log has more."
    },
    {
      "cause": "overdue:a",
      "sentence": "The digest a was due and was not made: 1 match waits for it. Start the service, or make what is due: watchdesk once --send."
    },
    {
      "cause": "overdue:daily",
      "sentence": "The digest daily was due at 2026-03-01 07:00 UTC and was not made: 1 match waits for it. Start the service, or make what is due: watchdesk once --send."
    },
    {
      "cause": "configuration:2026-03-01T11:00:00+00:00 watchdesk.yaml:3:10: ''oops'' is not a setting of files\n    shelf: {oops: 1, files: digests/}\n            ^\n  hint: take it out\nrules/desk.yaml:2:3: no",
      "sentence": "The configuration was changed and cannot be used; the one before stays in force. watchdesk.yaml:3:10: ''oops'' is not a setting of files; rules/desk.yaml:2:3: no"
    }
  ]
}');
INSERT INTO "digests" VALUES('7014334a5ab8492cb586c08d538b3f42','operators',1772366400000000,NULL,'watchdesk needs you: The channel team does not tell you of troubles any more: https://team answered 404: no…','-','-','{
  "version": 1,
  "type": "notice",
  "subject": "watchdesk needs you: The channel team does not tell you of troubles any more: https://team answered 404: no…",
  "composed_at": "2026-03-01T12:00:00Z",
  "troubles": [
    {
      "cause": "dead-notices:team",
      "sentence": "The channel team does not tell you of troubles any more: https://team answered 404: no such team. What it should have told is kept: watchdesk deliveries --state dead --channel team."
    }
  ]
}');
INSERT INTO "digests" VALUES('2a142ae3574a4085bb66dbd36d03625f','operators',1772370060000000,NULL,'watchdesk needs you: 2 troubles','-','-','{
  "version": 1,
  "type": "notice",
  "subject": "watchdesk needs you: 2 troubles",
  "composed_at": "2026-03-01T13:01:00Z",
  "troubles": [
    {
      "cause": "dead:desk:no answer from mx.example:# (given up after # attempts in # days)",
      "sentence": "A digest for the channel desk could not be sent: no answer from mx.example:25 (given up after 43 attempts in 3 days). It is kept: watchdesk deliveries --state dead --channel desk. When that is mended: watchdesk deliveries retry --channel desk."
    },
    {
      "cause": "template:notice.html.j2",
      "sentence": "templates/notice.html.j2:2: ''view'' is undefined; the built-in template is used in its place."
    }
  ]
}');
CREATE TABLE entry_keys (
	source_id VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	article_id BIGINT NOT NULL, 
	entry_hash VARCHAR NOT NULL, 
	CONSTRAINT pk_entry_keys PRIMARY KEY (source_id, "key")
);
INSERT INTO "entry_keys" VALUES('gone','g:x',1,'1');
CREATE TABLE matches (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	rule_id VARCHAR NOT NULL, 
	score FLOAT NOT NULL, 
	spans JSON NOT NULL, 
	snippet JSON NOT NULL, 
	title_marks JSON NOT NULL, 
	matched_at BIGINT NOT NULL, 
	revised BOOLEAN NOT NULL, happened_at BIGINT, standing VARCHAR, 
	CONSTRAINT pk_matches PRIMARY KEY (id), 
	CONSTRAINT fk_matches_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE, 
	CONSTRAINT uq_matches_article_id_rule_id UNIQUE (article_id, rule_id)
);
INSERT INTO "matches" VALUES(1,1,'storm',1.5,'[["body", 0, 4, "lead"]]','["Lead.", [[0, 4]]]','[[0, 5]]',1772330400000000,0,1772330400000000,'news');
CREATE TABLE notes (
	name VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_notes PRIMARY KEY (name)
);
INSERT INTO "notes" VALUES('database.id','e263537334c749d6bb23a0e9b8ce860c');
INSERT INTO "notes" VALUES('digest.failed:a','2026-03-01T02:01:00+00:00 OverflowError: date value out of range');
INSERT INTO "notes" VALUES('service.started','2026-02-28T16:00:00+00:00');
INSERT INTO "notes" VALUES('configuration.loaded','2026-02-28T16:00:00+00:00');
INSERT INTO "notes" VALUES('service.heartbeat','2026-03-01T12:00:00+00:00');
INSERT INTO "notes" VALUES('clock.steady','2026-02-28T16:00:00+00:00 2026-03-01T12:00:00+00:00');
INSERT INTO "notes" VALUES('configuration.refused','2026-03-01T11:00:00+00:00 watchdesk.yaml:3:10: ''oops'' is not a setting of files
    shelf: {oops: 1, files: digests/}
            ^
  hint: take it out
rules/desk.yaml:2:3: no');
INSERT INTO "notes" VALUES('template.broken:notice.html.j2','1ee5504fdf8b3c0c templates/notice.html.j2:2: ''view'' is undefined; the built-in template is used in its place.');
CREATE TABLE pages_to_fetch (
	article_id INTEGER NOT NULL, 
	source_id VARCHAR NOT NULL, 
	url TEXT NOT NULL, 
	sections JSON NOT NULL, 
	since BIGINT NOT NULL, 
	tries INTEGER NOT NULL, 
	next_try BIGINT NOT NULL, 
	error TEXT NOT NULL, 
	CONSTRAINT pk_pages_to_fetch PRIMARY KEY (article_id), 
	CONSTRAINT fk_pages_to_fetch_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
);
CREATE TABLE places (
	id INTEGER NOT NULL, 
	digest_name VARCHAR NOT NULL, 
	match_id INTEGER NOT NULL, 
	digest_id VARCHAR, 
	CONSTRAINT pk_places PRIMARY KEY (id), 
	CONSTRAINT fk_places_digest_id FOREIGN KEY(digest_id) REFERENCES digests (id), 
	CONSTRAINT fk_places_match_id FOREIGN KEY(match_id) REFERENCES matches (id) ON DELETE CASCADE, 
	CONSTRAINT uq_places_digest_name_match_id UNIQUE (digest_name, match_id)
);
INSERT INTO "places" VALUES(1,'a',1,NULL);
INSERT INTO "places" VALUES(2,'daily',1,NULL);
CREATE TABLE released_places (
	id INTEGER NOT NULL, 
	digest_name VARCHAR NOT NULL, 
	match_id INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_released_places PRIMARY KEY (id), 
	CONSTRAINT fk_released_places_match_id FOREIGN KEY(match_id) REFERENCES matches (id) ON DELETE CASCADE
);
CREATE TABLE silences (
	id INTEGER NOT NULL, 
	rule_id VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_silences PRIMARY KEY (id)
);
INSERT INTO "silences" VALUES(1,'calm',1772326800000000,253402297200000000);
CREATE TABLE sources (
	source_id VARCHAR NOT NULL, 
	etag TEXT, 
	last_modified TEXT, 
	body_hash VARCHAR, 
	next_poll BIGINT, 
	last_attempt BIGINT, 
	last_success BIGINT, 
	last_new BIGINT, 
	status INTEGER, 
	failures INTEGER NOT NULL, 
	error TEXT, 
	trouble JSON NOT NULL, 
	title TEXT, 
	gone BOOLEAN NOT NULL, url TEXT, selected TEXT, moved_to TEXT, moved_polls INTEGER DEFAULT '0' NOT NULL, held_until BIGINT, hints JSON, rhythm JSON, window INTEGER DEFAULT '0' NOT NULL, gaps INTEGER DEFAULT '0' NOT NULL, last_gap BIGINT, parts JSON, guid_doubt JSON, 
	CONSTRAINT pk_sources PRIMARY KEY (source_id)
);
INSERT INTO "sources" VALUES('gone',NULL,NULL,NULL,1772366400000000,NULL,NULL,NULL,NULL,0,NULL,'[]',NULL,1,'http://gone.example/feed',NULL,NULL,0,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "sources" VALUES('down',NULL,NULL,NULL,1772366400000000,NULL,1772107200000000,NULL,NULL,9,'it answered 503','[]',NULL,0,'http://down.example/feed',NULL,NULL,0,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "sources" VALUES('moved',NULL,NULL,NULL,1772366400000000,NULL,1772366400000000,NULL,NULL,0,NULL,'[]',NULL,0,'http://moved.example/feed',NULL,'https://new.example/feed',3,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "sources" VALUES('never',NULL,NULL,NULL,1772366400000000,NULL,NULL,NULL,NULL,3,'no answer','[]',NULL,0,'http://never.example/feed',NULL,NULL,0,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
CREATE TABLE stopped_channels (
	channel VARCHAR NOT NULL, 
	reason TEXT NOT NULL, 
	stopped_at BIGINT NOT NULL, 
	CONSTRAINT pk_stopped_channels PRIMARY KEY (channel)
);
INSERT INTO "stopped_channels" VALUES('hook','it answered 410',1772362800000000);
CREATE TABLE stories (
	id INTEGER NOT NULL, began BIGINT, 
	CONSTRAINT pk_stories PRIMARY KEY (id)
);
INSERT INTO "stories" VALUES(1,1772330400000000);
CREATE TABLE story_keys (
	"key" VARCHAR NOT NULL, 
	story_id INTEGER NOT NULL, seen_at BIGINT, 
	CONSTRAINT pk_story_keys PRIMARY KEY ("key"), 
	CONSTRAINT fk_story_keys_story_id FOREIGN KEY(story_id) REFERENCES stories (id)
);
INSERT INTO "story_keys" VALUES('u:x',1,1772330400000000);
CREATE TABLE told_troubles (
	cause TEXT NOT NULL, 
	told_at BIGINT NOT NULL, 
	CONSTRAINT pk_told_troubles PRIMARY KEY (cause)
);
INSERT INTO "told_troubles" VALUES('configuration:2026-03-01T11:00:00+00:00 watchdesk.yaml:3:10: ''oops'' is not a setting of files
    shelf: {oops: 1, files: digests/}
            ^
  hint: take it out
rules/desk.yaml:2:3: no',1772366400000000);
INSERT INTO "told_troubles" VALUES('dead:desk:mx.example:# refused (address) 550 5.1.1',1772366400000000);
INSERT INTO "told_troubles" VALUES('digest:a',1772366400000000);
INSERT INTO "told_troubles" VALUES('failing:down',1772366400000000);
INSERT INTO "told_troubles" VALUES('failing:never',1772366400000000);
INSERT INTO "told_troubles" VALUES('failing:night',1772366400000000);
INSERT INTO "told_troubles" VALUES('gone:gone:http://gone.example/feed',1772366400000000);
INSERT INTO "told_troubles" VALUES('moved:moved:https://new.example/feed',1772366400000000);
INSERT INTO "told_troubles" VALUES('overdue:a',1772366400000000);
INSERT INTO "told_troubles" VALUES('overdue:daily',1772366400000000);
INSERT INTO "told_troubles" VALUES('partly:shelf:bob@example.org',1772366400000000);
INSERT INTO "told_troubles" VALUES('partly:shelf:the picture was left out',1772366400000000);
INSERT INTO "told_troubles" VALUES('stopped:hook',1772366400000000);
INSERT INTO "told_troubles" VALUES('dead-notices:team',1772366400000000);
INSERT INTO "told_troubles" VALUES('dead:desk:no answer from mx.example:# (given up after # attempts in # days)',1772370060000000);
INSERT INTO "told_troubles" VALUES('template:notice.html.j2',1772370060000000);
CREATE TABLE wordings (
	article_id INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_wordings PRIMARY KEY (article_id), 
	CONSTRAINT fk_wordings_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
);
CREATE INDEX ix_entry_keys_article_id ON entry_keys (article_id);
CREATE INDEX ix_articles_first_seen_id ON articles (first_seen, id);
CREATE INDEX ix_articles_source_id_first_seen ON articles (source_id, first_seen);
CREATE INDEX ix_articles_story_id ON articles (story_id);
CREATE INDEX ix_articles_url ON articles (url);
CREATE INDEX ix_articles_url_key ON articles (url_key);
CREATE INDEX ix_deliveries_digest_id ON deliveries (digest_id);
CREATE INDEX ix_story_keys_story_id ON story_keys (story_id);
CREATE INDEX ix_places_digest_name_digest_id ON places (digest_name, digest_id);
CREATE INDEX ix_places_match_id ON places (match_id);
CREATE INDEX ix_matches_rule_id_happened_at ON matches (rule_id, happened_at);
CREATE INDEX ix_deliveries_sent_at ON deliveries (sent_at);
CREATE INDEX ix_places_digest_id ON places (digest_id);
CREATE INDEX ix_digests_composed_at ON digests (composed_at);
CREATE INDEX ix_attempts_channel_at ON attempts (channel, at);
CREATE INDEX ix_attempts_delivery_id ON attempts (delivery_id);
CREATE INDEX ix_deliveries_state_channel_due_at_id ON deliveries (state, channel, due_at, id);
CREATE INDEX ix_silences_rule_id ON silences (rule_id);
CREATE INDEX ix_pages_to_fetch_source_id ON pages_to_fetch (source_id);
CREATE INDEX ix_pages_to_fetch_next_try ON pages_to_fetch (next_try);
CREATE INDEX ix_released_places_match_id ON released_places (match_id);
COMMIT;
