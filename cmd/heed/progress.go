package main

import (
	"fmt"
	"os"
	"time"
)

// every makes a teller of progress: to who is there to see it, on standard error, and not more often than that.
func every(t terminal, pause time.Duration) func(line func() string) {
	if !isTerminal(t.err) {
		return func(func() string) {}
	}
	told := time.Now()
	return func(line func() string) {
		if time.Since(told) < pause {
			return
		}
		told = time.Now()
		fmt.Fprintln(t.err, "heed:", line())
	}
}

// isTerminal says whether somebody sits at a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
