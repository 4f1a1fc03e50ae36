// Package program is the operator's file, heed.yaml: its schema, its checks, and the ruleset that it compiles to.
//
// [Parse] reads a file and tells every fault at once, each with its line, what is wrong, why it matters and what
// to do. What it returns is a [Ruleset]: programs by the numbers that people text, and for each program a reading
// of texts that puts compliance words first, then the keywords of the number, of its pool, and of the program.
// No keyword of an operator can stand in front of an exact compliance word.
//
// Replies are a [Template], a documented part of the language of text/template with an interpreter of its own: the
// package text/template finds methods by name at run time, which keeps the linker from leaving anything out and
// adds 5.8 MB to a Lambda's binary.
//
// The package is pure: no clock, no context, nothing read or written.
package program
