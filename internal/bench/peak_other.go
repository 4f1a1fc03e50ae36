//go:build !unix

package main

import "os"

// peakMemory is how many bytes of memory a process had at most; 0 where nobody knows.
func peakMemory(*os.ProcessState) int64 { return 0 }
