#!/usr/bin/env bash
# Opens examples of this repository with LibreOffice and saves them here as workbooks. Wants LibreOffice Calc; see README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT
examples=../../../../examples

# save EXAMPLE [IMPORT-FILTER]
save() {
	soffice "-env:UserInstallation=file://$settings" --headless ${2:+--infilter="$2"} --convert-to xlsx --outdir . "$examples/$1" >/dev/null
}

for book in 01-wps-monthly 07-error-in-every-row 09-dates 13-hidden-formulas-1904; do
	save "$book.xlsx"
done
# commas, quotation marks, the character set (85 = GB18030, 76 = UTF-8), from line 1, Chinese, numbers detected as in the dialogue
save 02-old-system-gb18030.csv 'Text - txt - csv (StarCalc):44,34,85,1,,2052,false,true'
save 15-warnings.csv 'Text - txt - csv (StarCalc):44,34,76,1,,2052,false,true'
