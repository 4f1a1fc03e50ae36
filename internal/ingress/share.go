package ingress

import (
	"runtime"
	"sync"
)

// enoughToShare is from how many records on the processors share their reading: below it, waking them costs more.
const enoughToShare = 64

// Share does something for each of n records, on all processors where there are more than a handful: the database
// waits for it, and has nothing else to do. do must not write to what belongs to another record.
func Share(n int, do func(i int)) {
	share := n
	if processors := runtime.GOMAXPROCS(0); n >= enoughToShare {
		share = (n + processors - 1) / processors
	}
	var all sync.WaitGroup
	for from := 0; from < n; from += share {
		part := func() {
			for i := from; i < min(from+share, n); i++ {
				do(i)
			}
		}
		if from+share >= n {
			part()
			break
		}
		all.Go(part)
	}
	all.Wait()
}
