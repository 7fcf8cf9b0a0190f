package kit

import (
	"runtime"
	"time"
)

// settle is how long the runtime may take to finish what follows a collection,
// such as cleanups on goroutines of its own, which allocate a little.
const settle = 5 * time.Millisecond

// counts is what the garbage-collected heap did since on.
type counts struct {
	allocations    uint64
	frees          uint64
	allocatedBytes uint64
	liveBytes      int64
}

// counter reads the runtime's own statistics. They are exact and always kept,
// so counting costs a server nothing; reading them stops it for a moment.
type counter struct {
	counting bool
	start    runtime.MemStats
	now      runtime.MemStats
	last     counts
	// Allocations at the last collection that this counter asked for.
	collectedAt uint64
}

// on sets every count to 0 and counts from here on.
func (counter *counter) on() {
	counter.collect()
	runtime.ReadMemStats(&counter.start)
	counter.collectedAt = counter.start.Mallocs
	counter.counting = true
}

// off stops counting; the counts stay as they are.
func (counter *counter) off() {
	counter.last = counter.counts()
	counter.counting = false
}

// counts are those since on.
func (counter *counter) counts() counts {
	if !counter.counting {
		return counter.last
	}
	runtime.ReadMemStats(&counter.now)
	now, start := &counter.now, &counter.start
	counts := counts{
		allocations:    now.Mallocs - start.Mallocs,
		frees:          now.Frees - start.Frees,
		allocatedBytes: now.TotalAlloc - start.TotalAlloc,
	}
	// Live is what a collection leaves; garbage is not held by anybody.
	counter.collect()
	counts.liveBytes = int64(now.HeapAlloc) - int64(start.HeapAlloc)
	return counts
}

// collect collects garbage and reads the statistics into now, unless nothing
// was allocated since the last time: every second collection in a row empties
// the pools that libraries keep their buffers in.
func (counter *counter) collect() {
	runtime.ReadMemStats(&counter.now)
	if counter.now.Mallocs == counter.collectedAt {
		return
	}
	runtime.GC()
	time.Sleep(settle)
	runtime.ReadMemStats(&counter.now)
	counter.collectedAt = counter.now.Mallocs
}
