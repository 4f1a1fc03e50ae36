//go:build !race

package keywords

const underRace = false
