#!/usr/bin/env bash
# A throw-away PostgreSQL for tests, in a folder of its own, reached by a unix socket only.
#
#   postgres.sh run COMMAND...           start one, run COMMAND with TEST_DATABASE_URL set, stop it always;
#                                        exits with COMMAND's code
#   postgres.sh run-on-disk COMMAND...   the same for what measures: run keeps the server in memory where there is
#                                        plenty, since every test copies a database of 10 MB
#   postgres.sh start                    start one that stays, print its URL
#   postgres.sh stop                     stop the one that was started from this working copy
#
# POSTGRES_SETTINGS may hold further lines of postgresql.conf.
# It loses its data by design (fsync=off). Servers that a killed run left behind are removed at the next start.
set -euo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
base=/tmp # a socket's path may have 107 characters at most, so TMPDIR is not asked
memory=/dev/shm
prefix=portal-pg.
state="$repo/tmp/postgres.dir" # where `start` notes its folder for `stop`

fail() { printf 'postgres.sh: %s\n' "$*" >&2; exit 1; }

# bin finds the newest installed server.
bin() {
	local found
	found=$(ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /usr/pgsql-*/bin 2>/dev/null | sort -V | tail -n 1 || true)
	if [ -n "$found" ] && [ -x "$found/initdb" ]; then echo "$found"; return; fi
	found=$(command -v initdb || true)
	[ -n "$found" ] || fail 'no PostgreSQL server found; run deploy/testenv/install.sh'
	dirname "$(readlink -f "$found")"
}

# unprivileged runs a command as the user postgres when we are root, since initdb and the server refuse root.
unprivileged() {
	if [ "$(id -u)" -ne 0 ]; then "$@"; return; fi
	id postgres >/dev/null 2>&1 || fail 'root cannot run PostgreSQL and there is no user postgres; run deploy/testenv/install.sh'
	if command -v setpriv >/dev/null; then
		setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$base" "$@"
	else
		runuser -u postgres -- env HOME="$base" "$@"
	fi
}

# roomy reports whether memory has 6 GB to spare: as much as log and databases ever take.
roomy() {
	local free
	free=$(df -Pk "$memory" 2>/dev/null | awk 'NR == 2 { print $4 }' || true)
	[ -w "$memory" ] && [ "${free:-0}" -ge $((6 * 1024 * 1024)) ]
}

# launch creates a server owned by process $1 (0: nobody, it stays) and sets dir and url.
launch() {
	local owner=$1 tools
	tools=$(bin)
	dir=$(mktemp -d "$base/$prefix$owner.XXXXXX")
	[ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
	cd "$base" # the server cannot enter every folder that we can
	unprivileged "$tools/initdb" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 --locale=C \
		--no-sync >"$dir/initdb.log" 2>&1 </dev/null || { cat "$dir/initdb.log" >&2; remove "$dir"; fail 'initdb failed'; }
	unprivileged tee -a "$dir/data/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$dir'
		max_connections = 200
		shared_buffers = 64MB
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		autovacuum = off
		max_wal_size = 4GB
		${POSTGRES_SETTINGS:-}
	CONF
	unprivileged "$tools/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 start >"$dir/start.log" 2>&1 </dev/null ||
		{ cat "$dir/start.log" "$dir/server.log" >&2; remove "$dir"; fail 'the server did not start'; }
	url="postgres:///postgres?host=$dir&user=postgres&sslmode=disable"
	cd "$repo"
}

# remove stops the server of a folder, if it runs, and removes the folder.
remove() {
	local old=$1
	[ -d "$old" ] || return 0
	if [ -f "$old/data/postmaster.pid" ]; then
		(cd "$base" && unprivileged "$(bin)/pg_ctl" -D "$old/data" -m immediate -w -t 30 stop) >/dev/null 2>&1 || true
	fi
	rm -rf "$old"
}

# sweep removes what runs that were killed have left behind: their folder names the owner's process id.
sweep() {
	local old owner
	for old in /tmp/"$prefix"* "$memory/$prefix"*; do
		[ -d "$old" ] && [ -O "$old" -o "$(id -u)" -eq 0 ] || continue
		owner=${old#*"/$prefix"}
		owner=${owner%%.*}
		case $owner in '' | *[!0-9]* | 0) continue ;; esac
		kill -0 "$owner" 2>/dev/null || remove "$old"
	done
}

stop_kept() {
	[ -f "$state" ] || return 0
	remove "$(cat "$state")"
	rm -f "$state"
}

case ${1:-} in
run | run-on-disk)
	[ "$1" = run-on-disk ] || ! roomy || base=$memory
	shift
	[ $# -gt 0 ] || fail 'run needs a command'
	sweep
	dir=
	trap '[ -z "$dir" ] || remove "$dir"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	launch $$
	code=0
	TEST_DATABASE_URL=$url "$@" || code=$?
	exit "$code"
	;;
start)
	sweep
	stop_kept
	launch 0
	mkdir -p "$(dirname "$state")"
	echo "$dir" >"$state"
	echo "$url"
	;;
stop)
	stop_kept
	;;
*)
	fail 'usage: postgres.sh run COMMAND... | run-on-disk COMMAND... | start | stop'
	;;
esac
