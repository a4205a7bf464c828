#!/bin/sh
# A PostgreSQL server for a test: on a free port of loopback and a socket in a
# folder of its own, with TLS. Prints "PORT FOLDER" once it answers, and stops
# it when stdin ends, so that it does not outlive the test. The superuser is
# admin, the password hunter2-pa55; the certificate FOLDER/tls/server.crt is for
# db.test.
set -eu
export LC_ALL=C.UTF-8

# The newest one; Debian keeps each version in a folder of its own.
bin=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null |
    sort -V | tail -n 1)
[ -n "$bin" ] || {
    echo "there is no initdb: install the package postgresql" >&2
    exit 1
}
bin=${bin%/initdb}

# postgres refuses to run as root.
as_nobody() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid nobody --regid nogroup --clear-groups "$@"
    else
        "$@"
    fi
}

dir=$(mktemp -d /tmp/runproof-pg-XXXXXX)
# shellcheck disable=SC2317 # called by the trap
stop() {
    if [ -n "$child" ]; then
        kill -QUIT "$(head -n 1 "$dir/data/postmaster.pid")" || :
        wait "$child" || :
    fi
    rm -rf "$dir"
}
child=
trap stop EXIT
trap 'exit 1' INT TERM HUP

mkdir "$dir/tls"
printf hunter2-pa55 >"$dir/password"
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=db.test \
    -keyout "$dir/tls/server.key" -out "$dir/tls/server.crt" 2>/dev/null
chmod 600 "$dir/tls/server.key"
[ "$(id -u)" -ne 0 ] || chown -R nobody "$dir"
cd "$dir"
as_nobody "$bin/initdb" -D "$dir/data" -U admin --pwfile="$dir/password" \
    -A scram-sha-256 -E UTF8 --no-sync >"$dir/initdb.log" 2>&1 || {
    cat "$dir/initdb.log" >&2
    exit 1
}

# tls_only may come by TLS alone.
cat >"$dir/data/pg_hba.conf" <<'END'
local   all all           scram-sha-256
hostssl all tls_only all  scram-sha-256
host    all tls_only all  reject
host    all all      all  scram-sha-256
END

# In the file: what stands there can be changed while it runs.
cat >>"$dir/data/postgresql.conf" <<END
ssl = on
ssl_cert_file = '$dir/tls/server.crt'
ssl_key_file = '$dir/tls/server.key'
END

# A port may be taken: then the next one.
port=$((20000 + $$ % 10000))
for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((port + 7))
    as_nobody "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" \
        -c listen_addresses=127.0.0.1 -c fsync=off >"$dir/log" 2>&1 </dev/null &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        if "$bin/pg_isready" -q -h "$dir" -p "$port"; then
            echo "$port $dir"
            cat >/dev/null
            exit 0
        fi
        sleep 0.05
    done
    wait "$child" || :
    child=
done
cat "$dir/log" >&2
exit 1
