#!/bin/sh
# SQL from a page to a real server and back: what is shown, what is refused,
# what a plan leaves alone, what the sandbox never reaches, and that no file or
# message holds the password.
# shellcheck disable=SC2016 # the backquotes are a page's
. tests/fault/lib.sh

mkfifo "$work/hold"
sh tests/postgres.sh <"$work/hold" >"$work/server" &
server=$!
exec 9>"$work/hold"
until [ -s "$work/server" ] || ! kill -0 "$server"; do sleep 0.05; done
read -r port socket <"$work/server"

PASSWORD=hunter2-pa55
near=postgresql://admin:$PASSWORD@localhost:$port/postgres
# loopback, but not by its literal name
SHOP_DSN=postgresql://admin:$PASSWORD@127.1:$port/postgres
WRONG_DSN=postgresql://admin:not-$PASSWORD@localhost:$port/postgres
CLEAR_DSN="$SHOP_DSN?sslmode=prefer"
DATABASE_URL=$near
export SHOP_DSN WRONG_DSN CLEAR_DSN DATABASE_URL

# psql TEXT: what the server itself says.
psql() {
    PGPASSWORD=$PASSWORD command psql -h "$socket" -p "$port" -U admin \
        -d postgres -Atqc "$1"
}

# world DATABASES: a repository whose environment dev is the server, and whose
# sandbox has the same secrets but a database of its own.
world() {
    repo "$1"
    cat >runproof.yaml <<'END'
fixtures: world
environments:
  dev: {secrets: [process]}
  far: {secrets: [process], postgres: {dsn: SHOP_DSN}}
  wrong: {secrets: [process], postgres: {dsn: WRONG_DSN}}
  clear: {secrets: [process], postgres: {dsn: CLEAR_DSN}}
END
    cat >world/world.json <<END
{"epoch": "2026-11-23T13:00:00Z", "env": {"postgres": {"dsn": "SHOP_DSN"}},
 "secrets": {"SHOP_DSN": "$SHOP_DSN"}, "postgres": {"SHOP_DSN": {"sql": $2}}}
END
}

# hidden: the password is in no file of the repository but the world, nor in
# what the last call printed.
hidden() {
    ok
    hits=$(grep -rlaF "$PASSWORD" --exclude-dir=world . "$work/out" "$work/err")
    [ -z "$hits" ] || bad "the password is in: $hits"
}

# sql ID [ATTRIBUTES]: the SQL on stdin as a runnable block.
sql() {
    printf '```sql {#%s %s}\n' "$1" "${2:-}"
    cat
    printf '```\n'
}

# --- live: rows are evidence, changes are told -------------------------------

psql 'create table orders (id int primary key, state text, total numeric)'
world live '{}'
{
    echo "insert into orders values (1, 'open', 9.50), (2, 'paid', 20)" |
        sql fill effect=local
    echo 'select id, state, total from orders order by id' | sql look
    block lua <<'END'
local dsn = secret.get "DATABASE_URL"
local open = sql.query(dsn, "select * from orders where state = $1", { "open" })
evidence.table(open.rows, open.columns, "open")
check("one", open.count == 1)
print(pcall(sql.query, dsn, "select $1", { 1, nil, 3 }))
print(pcall(sql.query, dsn, "select $1", { {} }))
print(pcall(sql.query, dsn, "select 1", nil, { limit = 3 }))
print(pcall(sql.query, "postgresql://a:secret99@localhost/b", "select 1"))
print(pcall(sql.query, dsn, "select 1 / 0"))
END
    echo 'create table later (id int)' | sql later effect=local
} | page
call 0 run page.md --env dev
shows '^INSERT 2$'
shows '^CREATE TABLE$'
shows '^\| id \| state \| total \|$'
shows '^\| 1 \| open \| 9.5 \|$'
shows '^\| 2 \| paid \| 20 \|$'
shows 'params is a list; NULL in it is json.null'
shows '[$]1 is a table; pass text'
shows "there is no option 'limit'"
shows 'a DSN with a password must be a secret, from secret.get'
shows 'division by zero \(SQLSTATE 22012\)'
shows 'local: sql.query .<secret DATABASE_URL.> insert into orders'
lacks secret99 artifacts/ops/*/journal.jsonl
hidden
proven
call 0 verify --replay "$(bundle)"
call 0 render page.md -o page.html
hidden
[ "$(psql 'select count(*) from orders')" = 2 ] || bad "there are not two orders"

# --- a step that may only read -----------------------------------------------

world reads '{}'
echo "delete from orders" | sql wipe | page
call 1 check page.md
prints '^page.md:8: this step may only read .*, and DELETE is not that'
call 1 run page.md --env dev
shows 'this step may only read ..select, with, values, table, show, explain..?, and DELETE is not that: give it effect=remote'
echo "with d as (delete from orders returning 1) select * from d" |
    sql wipe | page
call 1 run page.md --env dev
shows 'this query may only read ..cannot execute SELECT in a read..?only transaction..?: give it effect=remote'
echo 'commit' | sql over effect=remote | page
call 1 run page.md --env dev --yes
shows 'sql.query runs each statement in a session and a transaction of its own: COMMIT has no place there'
proven
[ "$(psql 'select count(*) from orders')" = 2 ] || bad "an order is gone"

# --- a change to another machine ---------------------------------------------

world far '{}'
printf "update orders\n  set state = 'paid'\n" | sql pay effect=remote | page
call 0 plan page.md --env far
prints "^ +~ sql.query <secret SHOP_DSN> update orders set state = 'paid' [0-9a-f]{12}$"
call 3 run page.md --env far --no-write
says 'pay=yes'
[ "$(psql "select count(*) from orders where state = 'open'")" = 1 ] ||
    bad "an order was changed"
call 0 run page.md --env far --yes
shows '^UPDATE 2$'
shows '1 change, 1 read'
hidden
proven
call 0 verify --replay "$(bundle)"
[ "$(psql "select count(*) from orders where state = 'open'")" = 0 ] ||
    bad "the orders were not changed"
call 1 run page.md --env clear --yes --no-write
says 'would let a query to 127.1 go in the clear'
hidden
echo "delete from orders" | sql near effect=local | page
call 1 run page.md --env far --no-write
says 'a local change is one to a server of this machine, and 127.1 is another'
[ "$(psql 'select count(*) from orders')" = 2 ] || bad "an order is gone"

# --- a person who has waited long enough --------------------------------------

# sleepers: how many sessions run the statement of the page.
sleepers() {
    psql "select count(*) from pg_stat_activity where state = 'active'
        and query like '%pg_sleep(599)%' and pid <> pg_backend_pid()"
}

world stopped '{}'
echo 'select pg_sleep(599)' | sql wait timeout=1h | page
"$program" run page.md --env far >"$work/out" 2>"$work/err" &
run=$!
until [ "$(sleepers)" = 1 ]; do sleep 0.05; done
kill -INT "$run"
wait "$run"
code=$?
ok
[ "$code" = 4 ] || bad "interrupted: exit $code, not 4"
until [ "$(sleepers)" = 0 ]; do sleep 0.05; done

# --- a crash while the server works ------------------------------------------

world crash '{}'
echo "update orders set state = 'late'" | sql pay effect=remote | page
psql 'begin; lock table orders; select pg_sleep(600)' 2>/dev/null &
lock=$!
until [ "$(psql "select count(*) from pg_locks where granted
    and mode = 'AccessExclusiveLock'")" = 1 ]; do sleep 0.05; done
"$program" run page.md --env far --yes >"$work/out" 2>&1 &
run=$!
until [ "$(psql 'select count(*) from pg_locks where not granted')" = 1 ]; do
    sleep 0.05
done
kill -KILL "$run"
wait "$run" 2>/dev/null
psql "select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and backend_type = 'client backend'" \
    >/dev/null
wait "$lock"
call 3 resume "$(bundle)" --yes
says 'stopped while this was under way: sql.query <secret SHOP_DSN> update orders'
says 'pay-in-doubt=yes'
call 0 resume "$(bundle)" --yes --answer pay-in-doubt=no
shows '^UPDATE 2$'
hidden
proven
[ "$(psql "select count(*) from orders where state = 'late'")" = 2 ] ||
    bad "the change is not made"

# --- what cannot be reached --------------------------------------------------

world wrong '{}'
echo "select 1" | sql look retries=0 | page
call 1 run page.md --env wrong
shows "cannot connect to localhost:$port as admin: it refuses the password: correct the secret"
hidden
proven
call 0 verify --replay "$(bundle)"

# --- a word of the server that is a secret -----------------------------------

world echo '{}'
block a retries=0 <<'END' | page
local dsn = secret.get "DATABASE_URL"
print(json.encode(sql.query(dsn, "select $1::text as t", { dsn })))
sql.query(dsn, "select $1::int", { dsn })
END
call 1 run page.md --env dev
shows 'redacted:DATABASE_URL'
hidden
proven

# --- the sandbox reaches no server -------------------------------------------

world sandbox '{
  "select id, state from orders order by id": [{"id": 7, "state": "simulated"}],
  "select count(*) from orders": [{"count": 1}],
  "delete from orders": 1,
  "insert into orders values (8)": {"error": "duplicate key value",
    "sqlstate": "23505"}}'
{
    printf 'select id,\n  state\nFROM orders order by id;\n' | sql look
    echo 'delete from orders' | sql wipe effect=remote
    block rest effect=remote <<'END'
local dsn = secret.get "SHOP_DSN"
local read = { effect = "read" }
local r = sql.query(dsn, "select count(*) from orders", nil, read)
print(r.command, r.count, r.rows[1].count)
print(pcall(sql.query, dsn, "insert into orders values (8)"))
print(pcall(sql.query, dsn, "select 2"))
if ask.input("go on?", { id = "on" }) == "yes" then
  print(sql.query(dsn, "delete from orders").count)
end
END
    echo 'delete from orders' | sql near effect=local
} | page
call 3 run page.md --yes
bundle=$(bundle)
call 1 resume "$bundle" --answer on=yes --yes
shows '^\| 7 \| simulated \|$'
shows '^DELETE 1$'
shows '^SELECT	1	1$'
shows 'duplicate key value \(SQLSTATE 23505\)'
shows 'the fixture has no answer to: select 2'
shows 'a local change is one to a server of this machine, and 127.1 is another'
hidden
proven
call 0 verify --replay "$bundle"
[ "$(psql 'select count(*) from orders')" = 2 ] || bad "the sandbox got out"

# --- migrations --------------------------------------------------------------

world migrations '{}'
mkdir -p supabase/migrations
touch supabase/migrations/20260101_first.sql \
    supabase/migrations/20260303_third.sql supabase/migrations/README.md
block m <<'END' | page
local rows = sql.migrations(secret.get "DATABASE_URL")
evidence.table(rows, { "version", "name", "file", "applied", "state" })
END
call 0 run page.md --env dev
shows '^\| 20260101 \| first \| 20260101.?_first.sql \| false \| pending \|$'
psql 'create schema supabase_migrations'
psql 'create table supabase_migrations.schema_migrations (version text, name text)'
psql "insert into supabase_migrations.schema_migrations
    values ('20260202', 'second'), ('20260101', 'first')"
call 0 run page.md --env dev
shows '^\| 20260101 \| first \| 20260101.?_first.sql \| true \| applied \|$'
shows '^\| 20260202 \| second \|  \| true \| missing file \|$'
shows '^\| 20260303 \| third \| 20260303.?_third.sql \| false \| pending \|$'
proven

exec 9>&-
wait "$server"
finish
