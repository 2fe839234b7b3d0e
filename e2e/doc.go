// Package e2e tries the whole portal in a real browser: the journeys of liaison, chief and Office with script and
// without, on both engines, every page under axe, the keyboard, and two people at once. It holds tests only.
//
// One Chromium serves the whole package; each person of a test is a browser context of their own, as if at another
// machine. Whatever a page complains of in the console fails the test: a violated policy, an exception, a missing file.
//
//	PORTAL_SCREENSHOTS=DIR  keeps the pictures and print sheets that the journeys take
//	PORTAL_BROWSER=PATH     tries another browser, see oldchromium.sh
package e2e
