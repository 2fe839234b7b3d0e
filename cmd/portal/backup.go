package main

import "github.com/spf13/cobra"

func backupCommand(s *settings) *cobra.Command  { return &cobra.Command{Use: "backup"} }
func restoreCommand(s *settings) *cobra.Command { return &cobra.Command{Use: "restore"} }
