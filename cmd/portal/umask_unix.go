//go:build unix

package main

import "syscall"

// restrict makes every file that the portal writes its owner's alone.
func restrict() { syscall.Umask(0o077) }
