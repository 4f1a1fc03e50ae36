package optout

import (
	"strings"
	"unicode/utf8"

	"github.com/heedsms/heed/internal/keywords"
)

// The ways to write a listed word that still are that word (CTIA Messaging Principles 5.1.3: capitals, marks and "de
// minimis" differences do not invalidate an opt-out).
const (
	asListed   = ""
	spelled    = "_spelled_out" // S T O P, s.t.o.p
	lengthened = "_stretched"   // STOPPP
	joinedBy2  = "_joined"      // stop2quit
	lookAlike  = "_look_alike"  // ЅТОР in Cyrillic letters that look Latin
	slipped    = "_slip"        // stpo
)

// variant finds the listed word that a text is a way to write.
func (l *Lexicon) variant(folded string, words []string) (Finding, string, bool) {
	if word, ok := apart(words); ok {
		if f, ok := l.words[word]; ok && len(word) > 2 {
			return f, spelled, true
		}
	}
	if first, second, ok := strings.Cut(folded, "2"); ok && len(words) == 1 {
		f, known := l.words[first]
		if _, also := l.words[second]; known && also {
			return f, joinedBy2, true // stop2quit
		}
	}
	if latin, ok := keywords.LooksLatin(folded); ok {
		if f, ok := l.words[latin]; ok && len(latin) > 2 {
			return f, lookAlike, true
		}
	}
	if doubled(folded) && !realWords[folded] {
		for _, listed := range l.squeezed[squeezeAll(folded)] {
			if isStretchOf(folded, listed) {
				return l.words[listed], lengthened, true
			}
		}
	}
	if len(words) > 2 {
		return Finding{}, "", false
	}
	if listed, ok := slipOf(folded); ok {
		f, ok := l.words[listed]
		return f, slipped, ok
	}
	return Finding{}, "", false
}

// apart joins letters that stand alone, as in "S T O P".
func apart(words []string) (string, bool) {
	if len(words) < 3 || len(words) > 16 {
		return "", false
	}
	for _, w := range words {
		if r, size := utf8.DecodeRuneInString(w); size != len(w) || r >= '0' && r <= '9' {
			return "", false
		}
	}
	return strings.Join(words, ""), true
}

func doubled(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] == s[i-1] && s[i] != ' ' {
			return true
		}
	}
	return false
}

// squeezeAll writes every letter once where it stands several times in a row.
func squeezeAll(s string) string {
	out := make([]byte, 0, len(s))
	before := rune(-1)
	for _, r := range s {
		if r != before {
			out = utf8.AppendRune(out, r)
		}
		before = r
	}
	return string(out)
}

// isStretchOf says whether a text is a listed word with letters held down: every run of a letter is at least as long
// as in the word. Two letters for one are enough only in English words of four letters and more, where the doubled
// form is no word (realWords holds those that are).
func isStretchOf(text, listed string) bool {
	longest := 0
	i, j := 0, 0
	for i < len(text) && j < len(listed) {
		r, size := utf8.DecodeRuneInString(text[i:])
		q, width := utf8.DecodeRuneInString(listed[j:])
		if r != q {
			return false
		}
		n, m := 0, 0
		for i < len(text) && strings.HasPrefix(text[i:], string(r)) {
			i, n = i+size, n+1
		}
		for j < len(listed) && strings.HasPrefix(listed[j:], string(q)) {
			j, m = j+width, m+1
		}
		if n < m {
			return false
		}
		if n > m {
			longest = max(longest, n)
		}
	}
	return i == len(text) && j == len(listed) && (longest > 2 || len(listed) > 3)
}

// realWords are words that look like a listed word with a letter held down, and are none.
var realWords = map[string]bool{
	"stoop": true, // of a house
	"quitt": true, // German for even
}

// slipOf gives the listed English word that a slip of the thumb was meant to be. Words of four letters are listed one
// by one, with none that is a word itself (step, shop, spot, top, stoop); of UNSUBSCRIBE, which has no neighbours but
// "subscribe", any two slips count.
func slipOf(folded string) (string, bool) {
	if listed, ok := slips[folded]; ok {
		return listed, true
	}
	const long = "unsubscribe"
	if strings.HasPrefix(folded, "u") && len(folded) >= len(long)-2 && len(folded) <= len(long)+2 &&
		slipsBetween(strings.ReplaceAll(folded, " ", ""), long) <= 2 {
		return long, true
	}
	return "", false
}

// slips are from the phrase lists of Postscript (STPO, STPOP) and Klaviyo (SOTP), and from what lies next to each other
// on the keyboard of a phone.
var slips = map[string]string{
	// Words run together.
	"stopstop": "stop", "stopstopstop": "stop", "stopplease": "stop", "pleasestop": "stop", "stoptexting": "stop", "stoptextingme": "stop",
	"stoptexts": "stop", "leavemealone": "stop", "removeme": "remove", "optmeout": "opt out",
	"stp": "stop", "stawp": "stop",
	"stpo": "stop", "sotp": "stop", "tsop": "stop", "stpop": "stop", "stiop": "stop", "stoip": "stop", "stopo": "stop", "stol": "stop",
	"srop": "stop", "dtop": "stop", "sfop": "stop", "sgop": "stop", "syop": "stop", "stip": "stop", "st0p": "stop", "sto0p": "stop",
	"stoo": "stop", "spto": "stop", "stopl": "stop", "stopm": "stop", "stopa": "stop", "stpp": "stop", "sttop": "stop", "5top": "stop", "5t0p": "stop",
	"qiut": "quit", "quti": "quit", "qyit": "quit", "quut": "quit", "wuit": "quit", "uqit": "quit",
	"cancle": "cancel", "cacnel": "cancel", "canel": "cancel", "cancal": "cancel", "canecl": "cancel", "cnacel": "cancel", "cancek": "cancel", "acncel": "cancel", "cansel": "cancel",
	"remvoe": "remove", "rmeove": "remove", "remov": "remove", "remobe": "remove",
	"edn":     "end",
	"stpoall": "stopall", "stopal": "stopall", "sotpall": "stopall", "stop al": "stop all",
	"otp out": "opt out", "op out": "opt out", "opt our": "opt out", "opt oit": "opt out", "optuot": "optout", "opt ot": "opt out", "opt iut": "opt out", "otpout": "optout",
	"satrt": "start", "strart": "start", "statr": "start", "unstpo": "unstop", "unsotp": "unstop",
	"hlep": "help", "hepl": "help", "jelp": "help", "ehlp": "help",
}

// slipsBetween is how many letters were missed, doubled, swapped or hit beside between two words (Damerau's distance,
// without overlaps).
func slipsBetween(a, b string) int {
	var rows [3][24]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	if len(b) >= len(row) {
		return len(b)
	}
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

// squeeze cuts runs of three and more of a letter down to so many: no word has them, people stretch words for emphasis.
func squeeze(word string, to int) string {
	out := make([]rune, 0, len(word))
	run := 0
	for _, r := range word {
		if len(out) == 0 || out[len(out)-1] != r {
			run = 0
		}
		if run++; run <= to || runAt(word, r) < 3 {
			out = append(out, r)
		}
	}
	return string(out)
}

// runAt is the longest run of a letter in a word.
func runAt(word string, letter rune) int {
	longest, run := 0, 0
	for _, r := range word {
		if run++; r != letter {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// longestStretched bounds, in bytes, what is taken for one word stretched for emphasis.
const longestStretched = 64

func stretched(word string) bool {
	if len(word) > longestStretched {
		return false
	}
	run, before := 0, rune(-1)
	for _, r := range word {
		if r == before {
			if run++; run == 3 {
				return true
			}
			continue
		}
		run, before = 1, r
	}
	return false
}
