BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
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
INSERT INTO "articles" VALUES(1,'dated',1,'http://e.org/p?lang=de©=2&id=1','e.org/p?id=1&lang=de%C2%A9%3D2','Story 1',NULL,1795773600000000,'exact',NULL,1795923435696876,'[[null, ["Words of story 1."]]]','[]','[]','[]','66d78a8cb05e2c29052a5328dd2d005cf9ec3029e58e8da83fab53a86995c234',NULL);
INSERT INTO "articles" VALUES(2,'dated',2,'http://e.org/p?lang=de©=2&id=2','e.org/p?id=2&lang=de%C2%A9%3D2','Story 2',NULL,1795773600000000,'exact',NULL,1795923435696876,'[[null, ["Words of story 2."]]]','[]','[]','[]','d4527dac79711a9c7acd34b4f553eb3a4e36ba14123ea085f93da18593a34d38',NULL);
INSERT INTO "articles" VALUES(3,'undated',1,'http://e.org/p?lang=de©=2&id=1','e.org/p?id=1&lang=de%C2%A9%3D2','Story 1',NULL,NULL,'absent',NULL,1795923435701802,'[]','[]','[]','[]','39cfc4ba7fdc9435905300245ec13e33899825b428221e0b571314ed5d33c3cd',NULL);
INSERT INTO "articles" VALUES(4,'undated',2,'http://e.org/p?lang=de©=2&id=2','e.org/p?id=2&lang=de%C2%A9%3D2','Story 2',NULL,NULL,'absent',NULL,1795923435701802,'[]','[]','[]','[]','ddb014b2fb1603f07dc34970590a60657239acb3f2b40d77fb01a36267c1d045',NULL);
INSERT INTO "articles" VALUES(5,'permalink',3,'http://e.org/p?reg=4⊂=5×=6&id;=1','e.org/p?id%3B=1&reg=4%E2%8A%82%3D5%C3%97%3D6','Story 1',NULL,NULL,'absent',NULL,1795923435742324,'[]','[]','[]','[]','39cfc4ba7fdc9435905300245ec13e33899825b428221e0b571314ed5d33c3cd',NULL);
INSERT INTO "articles" VALUES(6,'permalink',4,'http://e.org/p?reg=4⊂=5×=6&id;=2','e.org/p?id%3B=2&reg=4%E2%8A%82%3D5%C3%97%3D6','Story 2',NULL,NULL,'absent',NULL,1795923435742324,'[]','[]','[]','[]','ddb014b2fb1603f07dc34970590a60657239acb3f2b40d77fb01a36267c1d045',NULL);
INSERT INTO "articles" VALUES(7,'untitled',5,'http://e.org/p?id=1∂=3','e.org/p?id=1%E2%88%82%3D3','Words 1.',NULL,NULL,'absent',NULL,1795923435746432,'[[null, ["Words 1."]]]','[]','[]','[]','2ccaed0e98fbbbd29f682b4c195ef3cb030a3f4f6867b827baa8957a61ab4a6e',NULL);
INSERT INTO "articles" VALUES(8,'untitled',6,'http://e.org/p?id=2∂=3','e.org/p?id=2%E2%88%82%3D3','Words 2.',NULL,NULL,'absent',NULL,1795923435746432,'[[null, ["Words 2."]]]','[]','[]','[]','86b7587672999f3d4f2556f235781cca18229a14b0faa70478612a04f01ee108',NULL);
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	delivery_id VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_attempts PRIMARY KEY (id), 
	CONSTRAINT fk_attempts_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE
);
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
	note TEXT, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT fk_deliveries_digest_id FOREIGN KEY(digest_id) REFERENCES digests (id)
);
CREATE TABLE digest_marks (
	name VARCHAR NOT NULL, 
	known_since BIGINT NOT NULL, 
	last_composed BIGINT, 
	last_scheduled BIGINT, gone_since BIGINT, 
	CONSTRAINT pk_digest_marks PRIMARY KEY (name)
);
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
CREATE TABLE entry_keys (
	source_id VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	article_id BIGINT NOT NULL, 
	entry_hash VARCHAR NOT NULL, 
	CONSTRAINT pk_entry_keys PRIMARY KEY (source_id, "key")
);
INSERT INTO "entry_keys" VALUES('dated','u:e.org/p?id=1&lang=de%C2%A9%3D2',1,'6adfe480a5c69320491d5820081905e6');
INSERT INTO "entry_keys" VALUES('dated','u:e.org/p?id=2&lang=de%C2%A9%3D2',2,'36506ffc65c4955ae6ba212b1191ca5a');
INSERT INTO "entry_keys" VALUES('undated','u:e.org/p?id=1&lang=de%C2%A9%3D2',3,'d471a5330c357eeca07fc4b239716224');
INSERT INTO "entry_keys" VALUES('undated','u:e.org/p?id=2&lang=de%C2%A9%3D2',4,'671aa7fa5a070d78fbf2e8c718300e44');
INSERT INTO "entry_keys" VALUES('permalink','g:http://e.org/p?reg=4⊂=5×=6&id;=1',5,'8da90154a88fd25b78b89ac9bdfbb310');
INSERT INTO "entry_keys" VALUES('permalink','g:http://e.org/p?reg=4⊂=5×=6&id;=2',6,'2a46363c2ccf9e5ad7ba83d5a08bc7a0');
INSERT INTO "entry_keys" VALUES('permalink','u:e.org/p?id%3B=1&reg=4%E2%8A%82%3D5%C3%97%3D6',5,'8da90154a88fd25b78b89ac9bdfbb310');
INSERT INTO "entry_keys" VALUES('permalink','u:e.org/p?id%3B=2&reg=4%E2%8A%82%3D5%C3%97%3D6',6,'2a46363c2ccf9e5ad7ba83d5a08bc7a0');
INSERT INTO "entry_keys" VALUES('untitled','u:e.org/p?id=1%E2%88%82%3D3',7,'a7b57b6fb6ad78f7129dcc8dca119014');
INSERT INTO "entry_keys" VALUES('untitled','u:e.org/p?id=2%E2%88%82%3D3',8,'99786062eda376ff2635c3b256571f8f');
CREATE TABLE matches (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	rule_id VARCHAR NOT NULL, 
	score FLOAT NOT NULL, 
	spans JSON NOT NULL, 
	snippet JSON NOT NULL, 
	title_marks JSON NOT NULL, 
	matched_at BIGINT NOT NULL, 
	revised BOOLEAN NOT NULL, happened_at BIGINT, 
	CONSTRAINT pk_matches PRIMARY KEY (id), 
	CONSTRAINT fk_matches_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE, 
	CONSTRAINT uq_matches_article_id_rule_id UNIQUE (article_id, rule_id)
);
CREATE TABLE notes (
	name VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_notes PRIMARY KEY (name)
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
CREATE TABLE silences (
	id INTEGER NOT NULL, 
	rule_id VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	CONSTRAINT pk_silences PRIMARY KEY (id)
);
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
	gone BOOLEAN NOT NULL, url TEXT, selected TEXT, moved_to TEXT, moved_polls INTEGER DEFAULT '0' NOT NULL, held_until BIGINT, hints JSON, rhythm JSON, window INTEGER DEFAULT '0' NOT NULL, gaps INTEGER DEFAULT '0' NOT NULL, last_gap BIGINT, parts JSON, 
	CONSTRAINT pk_sources PRIMARY KEY (source_id)
);
CREATE TABLE stopped_channels (
	channel VARCHAR NOT NULL, 
	reason TEXT NOT NULL, 
	stopped_at BIGINT NOT NULL, 
	CONSTRAINT pk_stopped_channels PRIMARY KEY (channel)
);
CREATE TABLE stories (
	id INTEGER NOT NULL, began BIGINT, 
	CONSTRAINT pk_stories PRIMARY KEY (id)
);
INSERT INTO "stories" VALUES(1,1795923435696876);
INSERT INTO "stories" VALUES(2,1795923435696876);
INSERT INTO "stories" VALUES(3,1795923435742324);
INSERT INTO "stories" VALUES(4,1795923435742324);
INSERT INTO "stories" VALUES(5,1795923435746432);
INSERT INTO "stories" VALUES(6,1795923435746432);
CREATE TABLE story_keys (
	"key" VARCHAR NOT NULL, 
	story_id INTEGER NOT NULL, seen_at BIGINT, 
	CONSTRAINT pk_story_keys PRIMARY KEY ("key"), 
	CONSTRAINT fk_story_keys_story_id FOREIGN KEY(story_id) REFERENCES stories (id)
);
INSERT INTO "story_keys" VALUES('u:e.org/p?id=1&lang=de%C2%A9%3D2',1,1795923435696876);
INSERT INTO "story_keys" VALUES('u:e.org/p?id=2&lang=de%C2%A9%3D2',2,1795923435696876);
INSERT INTO "story_keys" VALUES('u:e.org/p?id%3B=1&reg=4%E2%8A%82%3D5%C3%97%3D6',3,1795923435742324);
INSERT INTO "story_keys" VALUES('u:e.org/p?id%3B=2&reg=4%E2%8A%82%3D5%C3%97%3D6',4,1795923435742324);
INSERT INTO "story_keys" VALUES('u:e.org/p?id=1%E2%88%82%3D3',5,1795923435746432);
INSERT INTO "story_keys" VALUES('u:e.org/p?id=2%E2%88%82%3D3',6,1795923435746432);
CREATE TABLE told_troubles (
	cause TEXT NOT NULL, 
	told_at BIGINT NOT NULL, 
	CONSTRAINT pk_told_troubles PRIMARY KEY (cause)
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
COMMIT;
