//go:build !unix

package main

// restrict does nothing where there are no file modes.
func restrict() {}
