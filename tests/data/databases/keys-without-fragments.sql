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
INSERT INTO "articles" VALUES(1,'anchors-alone',1,'https://e.org/press.html','e.org/press.html','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(2,'anchors-alone',1,'https://e.org/press.html','e.org/press.html','Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(3,'anchors-alone',1,'https://e.org/press.html','e.org/press.html','Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(4,'anchors',1,'https://e.org/press.html','e.org/press.html','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(5,'anchors',1,'https://e.org/press.html','e.org/press.html','Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(6,'anchors',1,'https://e.org/press.html','e.org/press.html','Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(7,'furniture',1,'https://e.org/2026/alpha-signs','e.org/2026/alpha-signs','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(8,'furniture',1,'https://e.org/2026/beta-opens','e.org/2026/beta-opens','Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(9,'furniture',1,'https://e.org/2026/gamma-bans','e.org/2026/gamma-bans','Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(10,'good',1,'https://e.org/2026/alpha-signs','e.org/2026/alpha-signs','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(11,'good',1,'https://e.org/2026/beta-opens','e.org/2026/beta-opens','Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(12,'good',1,'https://e.org/2026/gamma-bans','e.org/2026/gamma-bans','Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(13,'no-guids',1,'https://e.org/2026/alpha-signs','e.org/2026/alpha-signs','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(14,'no-guids',1,'https://e.org/2026/beta-opens','e.org/2026/beta-opens','Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(15,'no-guids',1,'https://e.org/2026/gamma-bans','e.org/2026/gamma-bans','Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(16,'no-links',1,NULL,NULL,'Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(17,'no-links',1,NULL,NULL,'Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(18,'no-links',1,NULL,NULL,'Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(19,'one-anchor',1,'https://e.org/press.html','e.org/press.html','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(20,'one-guid',1,'https://e.org/2026/alpha-signs','e.org/2026/alpha-signs','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(21,'one-guid',1,'https://e.org/2026/beta-opens','e.org/2026/beta-opens','Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(22,'one-guid',1,'https://e.org/2026/gamma-bans','e.org/2026/gamma-bans','Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(23,'one-link',1,'https://e.org/x','e.org/x','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(24,'one-link',1,'https://e.org/x','e.org/x','Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(25,'one-link',1,'https://e.org/x','e.org/x','Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(26,'short-addresses',1,'https://e.org/11','e.org/11','Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(27,'short-addresses',1,'https://e.org/22','e.org/22','Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(28,'short-addresses',1,'https://e.org/33','e.org/33','Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
INSERT INTO "articles" VALUES(29,'undated',1,'https://e.org/x','e.org/x','Alpha signs a pact',NULL,NULL,'absent',NULL,1795608000000000,'[[null, ["A few words."]]]','[]','[]','[]','8a476423a2bff5aa4b14eb2880aea6cd1116dd63a2b1ad6cd1ba25c8eb9a07f8',NULL);
INSERT INTO "articles" VALUES(30,'undated',1,'https://e.org/x','e.org/x','Beta opens a mine',NULL,NULL,'absent',NULL,1795608000000000,'[[null, ["A few words."]]]','[]','[]','[]','cd994bed123f1fd492ca4bf65f4879e398f8deade9bb49eaefe38ccd182bdac2',NULL);
INSERT INTO "articles" VALUES(31,'undated',1,'https://e.org/x','e.org/x','Gamma bans exports',NULL,NULL,'absent',NULL,1795608000000000,'[[null, ["A few words."]]]','[]','[]','[]','a95b1e53277be68ed9bca2f09fcd8aaa7009ab541adce6c5301bd803426289ab',NULL);
INSERT INTO "articles" VALUES(32,'words-alone',1,NULL,NULL,'Alpha signs a pact',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["alpha0 alpha1 alpha2 alpha3 alpha4 alpha5 alpha6 alpha7 alpha8 alpha9 alpha10 alpha11 alpha12 alpha13 alpha14 alpha15 alpha16 alpha17 alpha18 alpha19 alpha20 alpha21 alpha22 alpha23 alpha24 alpha25 alpha26 alpha27 alpha28 alpha29 alpha30 alpha31 alpha32 alpha33 alpha34 alpha35 alpha36 alpha37 alpha38 alpha39 alpha40 alpha41 alpha42 alpha43 alpha44 alpha45 alpha46 alpha47 alpha48 alpha49 alpha50 alpha51 alpha52 alpha53 alpha54 alpha55 alpha56 alpha57 alpha58 alpha59"]]]','[]','[]','[]','6e7b58cef90000f6e9692a66742daf24c22d7519c69fa5e4875993b9458fb001',NULL);
INSERT INTO "articles" VALUES(33,'words-alone',1,NULL,NULL,'Beta opens a mine',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["beta0 beta1 beta2 beta3 beta4 beta5 beta6 beta7 beta8 beta9 beta10 beta11 beta12 beta13 beta14 beta15 beta16 beta17 beta18 beta19 beta20 beta21 beta22 beta23 beta24 beta25 beta26 beta27 beta28 beta29 beta30 beta31 beta32 beta33 beta34 beta35 beta36 beta37 beta38 beta39 beta40 beta41 beta42 beta43 beta44 beta45 beta46 beta47 beta48 beta49 beta50 beta51 beta52 beta53 beta54 beta55 beta56 beta57 beta58 beta59"]]]','[]','[]','[]','d2f31547f7578cce8c68f2aa97580273ec61ddc89c46dc78379ba8bc561054fd',NULL);
INSERT INTO "articles" VALUES(34,'words-alone',1,NULL,NULL,'Gamma bans exports',NULL,1795435200000000,'exact',NULL,1795608000000000,'[[null, ["gamma0 gamma1 gamma2 gamma3 gamma4 gamma5 gamma6 gamma7 gamma8 gamma9 gamma10 gamma11 gamma12 gamma13 gamma14 gamma15 gamma16 gamma17 gamma18 gamma19 gamma20 gamma21 gamma22 gamma23 gamma24 gamma25 gamma26 gamma27 gamma28 gamma29 gamma30 gamma31 gamma32 gamma33 gamma34 gamma35 gamma36 gamma37 gamma38 gamma39 gamma40 gamma41 gamma42 gamma43 gamma44 gamma45 gamma46 gamma47 gamma48 gamma49 gamma50 gamma51 gamma52 gamma53 gamma54 gamma55 gamma56 gamma57 gamma58 gamma59"]]]','[]','[]','[]','dd5afbe6248153b6ca784b251d2c9d14c18078dbc847e35eed18970682f93146',NULL);
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
INSERT INTO "entry_keys" VALUES('anchors-alone','c:1c580fa3c1be8e4ecd2278d11d41081e',2,'1c580fa3c1be8e4ecd2278d11d41081e');
INSERT INTO "entry_keys" VALUES('anchors-alone','c:1d2bd79a4f6f34e30f53aa1256d2bc56',3,'1d2bd79a4f6f34e30f53aa1256d2bc56');
INSERT INTO "entry_keys" VALUES('anchors-alone','c:1f7b8f834ad66cfaeaf9defeed0a5a0d',1,'1f7b8f834ad66cfaeaf9defeed0a5a0d');
INSERT INTO "entry_keys" VALUES('anchors','c:14459703c8dc801f857ff5667b3aaf45',4,'1f7b8f834ad66cfaeaf9defeed0a5a0d');
INSERT INTO "entry_keys" VALUES('anchors','c:3af258fd25ff3e3b63c74e05827e3e42',5,'1c580fa3c1be8e4ecd2278d11d41081e');
INSERT INTO "entry_keys" VALUES('anchors','c:d52b1362444f4b8607dba675f6bf7b2f',6,'1d2bd79a4f6f34e30f53aa1256d2bc56');
INSERT INTO "entry_keys" VALUES('anchors','g:1',4,'1f7b8f834ad66cfaeaf9defeed0a5a0d');
INSERT INTO "entry_keys" VALUES('anchors','g:2',5,'1c580fa3c1be8e4ecd2278d11d41081e');
INSERT INTO "entry_keys" VALUES('anchors','g:3',6,'1d2bd79a4f6f34e30f53aa1256d2bc56');
INSERT INTO "entry_keys" VALUES('furniture','u:e.org/2026/alpha-signs',7,'8464e0c07de816b79921a1a3978b46ff');
INSERT INTO "entry_keys" VALUES('furniture','u:e.org/2026/beta-opens',8,'800dba4334a23fbead389580d682de16');
INSERT INTO "entry_keys" VALUES('furniture','u:e.org/2026/gamma-bans',9,'df3ad7996c96c6db4c47a51194d8a375');
INSERT INTO "entry_keys" VALUES('good','g:1',10,'8464e0c07de816b79921a1a3978b46ff');
INSERT INTO "entry_keys" VALUES('good','g:2',11,'800dba4334a23fbead389580d682de16');
INSERT INTO "entry_keys" VALUES('good','g:3',12,'df3ad7996c96c6db4c47a51194d8a375');
INSERT INTO "entry_keys" VALUES('good','u:e.org/2026/alpha-signs',10,'8464e0c07de816b79921a1a3978b46ff');
INSERT INTO "entry_keys" VALUES('good','u:e.org/2026/beta-opens',11,'800dba4334a23fbead389580d682de16');
INSERT INTO "entry_keys" VALUES('good','u:e.org/2026/gamma-bans',12,'df3ad7996c96c6db4c47a51194d8a375');
INSERT INTO "entry_keys" VALUES('no-guids','u:e.org/2026/alpha-signs',13,'8464e0c07de816b79921a1a3978b46ff');
INSERT INTO "entry_keys" VALUES('no-guids','u:e.org/2026/beta-opens',14,'800dba4334a23fbead389580d682de16');
INSERT INTO "entry_keys" VALUES('no-guids','u:e.org/2026/gamma-bans',15,'df3ad7996c96c6db4c47a51194d8a375');
INSERT INTO "entry_keys" VALUES('no-links','g:1',16,'46074f69e467875f190cb092c1401a1e');
INSERT INTO "entry_keys" VALUES('no-links','g:2',17,'ca6b1b38d329057e43f98560440227a7');
INSERT INTO "entry_keys" VALUES('no-links','g:3',18,'aa0021ecf89ccde08e0c85154fb9c421');
INSERT INTO "entry_keys" VALUES('one-anchor','u:e.org/press.html',19,'1f7b8f834ad66cfaeaf9defeed0a5a0d');
INSERT INTO "entry_keys" VALUES('one-guid','u:e.org/2026/alpha-signs',20,'8464e0c07de816b79921a1a3978b46ff');
INSERT INTO "entry_keys" VALUES('one-guid','u:e.org/2026/beta-opens',21,'800dba4334a23fbead389580d682de16');
INSERT INTO "entry_keys" VALUES('one-guid','u:e.org/2026/gamma-bans',22,'df3ad7996c96c6db4c47a51194d8a375');
INSERT INTO "entry_keys" VALUES('one-link','c:171796140c1f3f7d5ae68100bb4f4cb3',24,'cde59fe572d1464ab096061e9aefde8e');
INSERT INTO "entry_keys" VALUES('one-link','c:4e2ef0c54edf1b3e0932d6969b7df47b',23,'0f52a428eba17eee5a0314cfabaf9834');
INSERT INTO "entry_keys" VALUES('one-link','c:a738df5965e6250e02be3daa260887b4',25,'1e99025380877b2cd62a830827405809');
INSERT INTO "entry_keys" VALUES('one-link','g:1',23,'0f52a428eba17eee5a0314cfabaf9834');
INSERT INTO "entry_keys" VALUES('one-link','g:2',24,'cde59fe572d1464ab096061e9aefde8e');
INSERT INTO "entry_keys" VALUES('one-link','g:3',25,'1e99025380877b2cd62a830827405809');
INSERT INTO "entry_keys" VALUES('short-addresses','g:1',26,'052d0ab690623e58455a295ac4c0ba5e');
INSERT INTO "entry_keys" VALUES('short-addresses','g:2',27,'de1332067467f30ac653d515914164e0');
INSERT INTO "entry_keys" VALUES('short-addresses','g:3',28,'6d9511c5f8db2f4d95812ab1ba671861');
INSERT INTO "entry_keys" VALUES('short-addresses','u:e.org/11',26,'052d0ab690623e58455a295ac4c0ba5e');
INSERT INTO "entry_keys" VALUES('short-addresses','u:e.org/22',27,'de1332067467f30ac653d515914164e0');
INSERT INTO "entry_keys" VALUES('short-addresses','u:e.org/33',28,'6d9511c5f8db2f4d95812ab1ba671861');
INSERT INTO "entry_keys" VALUES('undated','g:1',29,'f2f322c99b9f1e832203169fb14ff04a');
INSERT INTO "entry_keys" VALUES('undated','g:2',30,'dab170e3721ab1994474dd5f225bd91d');
INSERT INTO "entry_keys" VALUES('undated','g:3',31,'88b98252644cbc1e54de4fdc17459d01');
INSERT INTO "entry_keys" VALUES('words-alone','c:46074f69e467875f190cb092c1401a1e',32,'46074f69e467875f190cb092c1401a1e');
INSERT INTO "entry_keys" VALUES('words-alone','c:aa0021ecf89ccde08e0c85154fb9c421',34,'aa0021ecf89ccde08e0c85154fb9c421');
INSERT INTO "entry_keys" VALUES('words-alone','c:ca6b1b38d329057e43f98560440227a7',33,'ca6b1b38d329057e43f98560440227a7');
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
INSERT INTO "sources" VALUES('anchors-alone',NULL,NULL,'97c26d156098c3e984f0e3c8797e7584',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/anchors-alone',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('anchors',NULL,NULL,'24c7b1324ea65e30825295b20206393b',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/anchors',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('furniture',NULL,NULL,'e1c697977fe98efe2be980103701b36f',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/furniture',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('good',NULL,NULL,'7cfe3aaf386ab930bbf43dcabc220bb8',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/good',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('no-guids',NULL,NULL,'422dcfad7fadfcad404f4220555be4a7',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/no-guids',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('no-links',NULL,NULL,'435d923961ba0e204c8e88eb0cf04651',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/no-links',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('one-anchor',NULL,NULL,'11ea45b85fb36a00c86fb6d793a61d54',1795608908061855,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/one-anchor',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 45.700032685320636, "watched": 0.0, "recent": 0.0, "foreseen": 0.9975212478233336, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',1,0,NULL,NULL);
INSERT INTO "sources" VALUES('one-guid',NULL,NULL,'4f5f754544ebf1e6cd1528b7cd8206b0',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/one-guid',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('one-link',NULL,NULL,'b352645af1e09c63039496a460515649',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/one-link',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('short-addresses',NULL,NULL,'f7f27d2ec0698aa37be05b3dd820b571',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/short-addresses',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('undated',NULL,NULL,'5297299fa942321abadfeb66a9ce5e54',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'[]','Post',0,'https://e.org/undated',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
INSERT INTO "sources" VALUES('words-alone',NULL,NULL,'5b592c68578c72e80ea6d23cfe95f698',1795608364837113,1795608000000000,1795608000000000,1795608000000000,200,0,NULL,'["3 of 3 entries have neither a guid nor a link"]','Post',0,'https://e.org/words-alone',NULL,NULL,0,NULL,NULL,'{"until": "2026-11-25T12:00:00+00:00", "observed": 0.0, "watched": 0.0, "recent": 0.0, "foreseen": 0.0, "peak": 0.0, "spurt": 0.0, "steepest": 0.0, "ceiling": 168.0, "hours": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "days": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "minutes": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}',3,0,NULL,NULL);
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
INSERT INTO "stories" VALUES(1,1795608000000000);
INSERT INTO "stories" VALUES(2,1795608000000000);
INSERT INTO "stories" VALUES(3,1795608000000000);
CREATE TABLE story_keys (
	"key" VARCHAR NOT NULL, 
	story_id INTEGER NOT NULL, seen_at BIGINT, 
	CONSTRAINT pk_story_keys PRIMARY KEY ("key"), 
	CONSTRAINT fk_story_keys_story_id FOREIGN KEY(story_id) REFERENCES stories (id)
);
INSERT INTO "story_keys" VALUES('d:0cbcd21a549e8c89a03a2fa59aef3d70',1,1795608000000000);
INSERT INTO "story_keys" VALUES('d:ae2cda22f5af0227a726f60fd61aaf56',1,1795608000000000);
INSERT INTO "story_keys" VALUES('d:dc4a14da274029453b58020070f96c90',1,1795608000000000);
INSERT INTO "story_keys" VALUES('t:a93127dd03e0c77a43b5773ddcb36ef7',1,1795608000000000);
INSERT INTO "story_keys" VALUES('t:c84e42ecaa603c194e23a5bab1cd97d4',1,1795608000000000);
INSERT INTO "story_keys" VALUES('u:e.org/press.html',1,1795608000000000);
INSERT INTO "story_keys" VALUES('u:e.org/2026/alpha-signs',1,1795608000000000);
INSERT INTO "story_keys" VALUES('u:e.org/2026/beta-opens',1,1795608000000000);
INSERT INTO "story_keys" VALUES('u:e.org/2026/gamma-bans',1,1795608000000000);
INSERT INTO "story_keys" VALUES('u:e.org/x',1,1795608000000000);
INSERT INTO "story_keys" VALUES('u:e.org/11',1,1795608000000000);
INSERT INTO "story_keys" VALUES('u:e.org/22',1,1795608000000000);
INSERT INTO "story_keys" VALUES('u:e.org/33',1,1795608000000000);
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
