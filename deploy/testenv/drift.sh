#!/usr/bin/env bash
# Generates the code of the templ files anew and fails if that changes anything (the generator also removes what
# has lost its source), or if a file of either sort is not under version control: those who clone must not need
# the generator.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

sums() { find web -name '*_templ.go' -print0 | sort -z | xargs -0 -r sha256sum; }

before=$(sums)
go tool templ generate >/dev/null 2>&1 || { echo "drift: templ generate failed; run make generate" >&2; exit 1; }
after=$(sums)

failed=0
if [ "$before" != "$after" ]; then
	echo 'drift: generated code was stale; it has been generated anew, commit it:' >&2
	diff <(echo "$before") <(echo "$after") | awk '/^[<>]/ { print "  " $3 }' | sort -u >&2
	failed=1
fi
if git -c safe.directory='*' rev-parse --git-dir >/dev/null 2>&1; then
	untracked=$(git -c safe.directory='*' ls-files --others --exclude-standard -- '*.templ' '*_templ.go')
	if [ -n "$untracked" ]; then
		printf 'drift: not under version control, git add them:\n%s\n' "$untracked" >&2
		failed=1
	fi
fi
exit $failed
