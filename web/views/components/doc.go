// Package components holds the building blocks of every page: buttons, fields, tables, badges, clocks, messages.
//
// A component takes plain, typed data and knows no domain verb, no role and no request. Handlers decide what is
// shown and hand over words, addresses and states; a component gives them their one form. Three rules hold for all
// and are tested: no style attribute and no script in the markup, a state always shows icon and word, and whatever
// comes in as text is escaped. Addresses are templ.SafeURL and come from internal/paths.
//
// Look and wording are fixed by web/static/portal.css and the sample sheet of the tests (TestSample).
package components
