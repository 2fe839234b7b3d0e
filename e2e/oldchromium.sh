#!/usr/bin/env bash
# The smoke journey in an old Chromium, such as the browsers of government offices still are (look.md §7).
#
#   oldchromium.sh [VERSION]   run it in the Chromium of the npm package chrome-aws-lambda (MIT; default 5.5.0,
#                              which is Chromium 88; 3.1.1 is Chromium 83)
#
# The package carries the browser itself, built without a window, so npm is all that is asked. It is kept in tmp/ and
# never becomes part of the portal. Needs node, npm and the libraries that Debian's chromium needs.
set -euo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=${1:-5.5.0}
folder="$repo/tmp/oldchromium-$version"

fail() { printf 'oldchromium.sh: %s\n' "$*" >&2; exit 1; }

# fetch unpacks the browser, which the package carries compressed with brotli.
fetch() {
	local archive
	work=$(mktemp -d "$folder.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	archive=$(cd "$work" && npm pack --silent "chrome-aws-lambda@$version") || fail "npm does not give chrome-aws-lambda@$version"
	tar -xzf "$work/$archive" -C "$work"
	node -e '
		const fs = require("fs"), zlib = require("zlib");
		fs.writeFileSync(process.argv[2], zlib.brotliDecompressSync(fs.readFileSync(process.argv[1])), { mode: 0o755 });
	' "$work/package/bin/chromium.br" "$work/chromium"
	mkdir -p "$folder"
	mv "$work/chromium" "$folder/chromium"
}

command -v npm >/dev/null && command -v node >/dev/null || fail 'node and npm are needed'
mkdir -p "$repo/tmp"
[ -x "$folder/chromium" ] || fetch

cd "$repo"
PORTAL_BROWSER="$folder/chromium" PORTAL_TEST_ENGINES=sqlite \
	go test -count=1 -timeout 10m ./e2e -run 'TestFiling|TestTwoPeopleAtOnce|TestKeyboard' -v
