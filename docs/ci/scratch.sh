#!/usr/bin/env bash
# Shows the gate at work in a repository of its own: a dirty text cannot be committed, a clean one
# can; the steps of the GitHub Action and of the GitLab job end as they should.
# Usage: scratch.sh LAVOIR ACTION_STEP    (both absolute; prints a line per step)
set -euo pipefail
lavoir=$1
step=$2
repository=$(mktemp -d)
trap 'rm -rf "$repository"' EXIT
cd "$repository"
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
git init --quiet .
git config user.name scratch
git config user.email scratch@example.org
mkdir data
"$lavoir" init 2>/dev/null
# What the pre-commit framework does for the hook: the staged files that it is for.
cat > .git/hooks/pre-commit <<HOOK
#!/usr/bin/env bash
git diff --cached --name-only --diff-filter=ACM -z -- data | xargs -0 --no-run-if-empty "$lavoir" check
HOOK
chmod +x .git/hooks/pre-commit

fail() { echo "FAILED: $1"; exit 1; }
body='The harbour was closed on Monday after a storm broke two of its cranes.'
printf 'Advertisement\n\n%s\n' "$body" > data/harbour.txt
git add .
git commit --quiet -m dirty >refused 2>&1 && fail 'a dirty text was committed'
grep -q 'data/harbour.txt:1: boilerplate' refused || fail 'the refusal does not name the line'
echo 'ok: a dirty text is refused'

code=0
PATHS=data SARIF=report.sarif bash "$step" "$lavoir" >annotations || code=$?
[ "$code" -eq 1 ] || fail "the action ended with $code"
grep -q '^::error file=data/harbour.txt,line=1,' annotations || fail 'no annotation'
grep -q '"uri": "data/harbour.txt"' report.sarif || fail 'no place in the SARIF report'
echo 'ok: the action annotates the line and fails'

"$lavoir" check data --baseline write >/dev/null 2>&1
code=0
"$lavoir" check data --baseline compare --report junit --out lavoir.xml || code=$?
[ "$code" -eq 0 ] || fail "a known finding failed the job ($code)"
grep -q 'failures="0"' lavoir.xml || fail 'the JUnit report has failures'
echo 'ok: what the baseline knows passes'

printf '%s\n' "$body" > data/harbour.txt
git add .
git commit --quiet -m clean >accepted 2>&1 || fail 'a clean text was refused'
echo 'ok: a clean text is committed'
