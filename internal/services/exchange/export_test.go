package exchange

// Retarget is what an operator does between two starts.
func (s *Service) Retarget(t Target) { s.Target, s.folder.root = t, t.Folder }
