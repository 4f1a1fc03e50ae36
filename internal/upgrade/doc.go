// Package upgrade holds the test that an upgrade is safe: the binaries of an older release, built from git, work on while
// the schema is brought up to date, beside the new ones, and again after a roll-back.
package upgrade
