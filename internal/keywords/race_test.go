//go:build race

package keywords

// underRace says that the race detector watches, which makes all code several times slower.
const underRace = true
