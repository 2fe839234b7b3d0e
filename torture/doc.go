// Package torture kills the portal and looks at what is left. Its tests build the real binary with the tag torture, let
// people file with it over HTTP, and end it with SIGKILL, at a random moment or at one of the points that package
// killpoint names. After a restart the effective batch is the old one or the new one, never a mixture; the warehouse
// holds exactly its rows; the check goes on within a minute; and the filing can be brought to its end.
//
// `make test` kills ten times on each engine, `make torture` a hundred times.
package torture
