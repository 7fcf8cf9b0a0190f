package kit

// Kept holds the last messages of one connection, as a chat or a queue would,
// in the form that the library hands out. With a limit of 0 it holds none.
type Kept[T any] struct {
	messages []T
	oldest   int
	limit    int
}

// NewKept has room for the last limit messages, allocated here and never again.
func NewKept[T any](limit int) *Kept[T] {
	return &Kept[T]{messages: make([]T, 0, limit), limit: limit}
}

// IsOff says whether no message is kept.
func (kept *Kept[T]) IsOff() bool { return kept.limit == 0 }

// Keep keeps message. It returns what is no longer kept, if there is such: the
// message itself when none is kept, else the oldest beyond the limit.
func (kept *Kept[T]) Keep(message T) (dropped T, isDropped bool) {
	switch {
	case kept.IsOff():
		return message, true
	case len(kept.messages) < kept.limit:
		kept.messages = append(kept.messages, message)
		return dropped, false
	default:
		dropped = kept.messages[kept.oldest]
		kept.messages[kept.oldest] = message
		kept.oldest = (kept.oldest + 1) % kept.limit
		return dropped, true
	}
}
