//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory is how many bytes of memory a process had at most; 0 where nobody knows.
func peakMemory(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return int64(usage.Maxrss) //nolint:unconvert // it has another type on other systems
	}
	return int64(usage.Maxrss) * 1024 //nolint:unconvert // it has another type on other systems
}
