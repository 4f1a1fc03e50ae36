package doctor

import (
	"slices"

	"github.com/heedsms/heed/internal/plan"
)

// Destinations judges whether what becomes of replies is told to heed: the configuration set of each program, and where
// its events go.
func Destinations(found *plan.Found, w Setup) []Finding {
	return slices.DeleteFunc(drift(found, w), func(f Finding) bool { return !ofSets(f.Code) })
}
