package filing

// Progress lets a test tell the progress of a check.
var Progress = (*Service).progress
