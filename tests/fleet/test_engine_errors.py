"""What the job engine cannot note is handed out all the same."""

from pathlib import Path

import psycopg

from fleet.hosts import make_host, matched, wait_until_running
from fleet.sites import sites
from support.desk import wait_for
from support.postgresql import Cluster


def test_a_shard_whose_job_could_not_be_ended_is_handed_out_again(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()

    def unended() -> bool:
        """Whether the engine has the job of a shard that nobody holds."""
        asked = (
            "SELECT count(*) FROM procrastinate_jobs AS j "
            "JOIN fleet_shards AS s ON j.lock = 'shard ' || s.shard "
            "WHERE j.status = 'doing' AND s.holder IS NULL AND s.token > 0"
        )
        with psycopg.connect(storage) as connection:
            return connection.execute(asked).fetchone() != (0,)

    with sites(2, 1) as web:
        desk = make_host(tmp_path, "one", storage, web.feeds)
        with desk.service() as process:
            wait_until_running(desk, process)
            wait_for(lambda: matched(storage).keys() == web.published, "every match")
            cluster.say(
                storage,
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$; "
                "CREATE TRIGGER refuse BEFORE DELETE ON procrastinate_jobs "
                "FOR EACH ROW EXECUTE FUNCTION refuse()",
            )
            wait_for(unended, "a job without an end")
            cluster.say(storage, "DROP TRIGGER refuse ON procrastinate_jobs")
            web.publish()
            wait_for(lambda: matched(storage).keys() == web.published, "every match")
        assert "Traceback" not in desk.log
