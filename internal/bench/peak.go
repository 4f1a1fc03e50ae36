package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

// peakMemory watches how many bytes of memory a process has at most, until it is asked; 0 where there is no /proc. What
// wait4 says of a child counts the memory of whoever started it too, from before it ran its own program.
func peakMemory(pid int) func() int64 {
	var most int64
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			// VmHWM only grows; after the end there is no such line.
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if _, line, ok := bytes.Cut(status, []byte("VmHWM:")); ok {
				if fields := bytes.Fields(line); len(fields) > 0 {
					kilobytes, _ := strconv.ParseInt(string(fields[0]), 10, 64)
					most = max(most, kilobytes*1024)
				}
			}
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return func() int64 {
		close(stop)
		watch.Wait()
		return most
	}
}
