package program

import (
	"strings"
	"unicode"

	"github.com/heedsms/heed/internal/keywords"
)

// instruction is a word that a text tells people to reply with, and what for.
type instruction struct {
	word    string // as written, without its quotes
	purpose string // in matching form; "" if the text does not say
}

// replyVerbs begin an instruction, in the languages of the locales and some of their neighbours.
const replyVerbs = " reply replying text texting txt send sending respond answer type " +
	"responda responde responder envia envie enviar escriba escribe conteste contesta mande manda " +
	"repondez reponds repondre envoyez envoie textez ecrivez tapez " +
	"antworten antworte antwort senden sende schreiben schreibe rispondi rispondere invia scrivi "

// openers begin a clause that says what an instruction behind it is for: "To end this, reply STOP".
const openers = " to for if para si pour um wenn per se "

// connectors stand between an instruction and its purpose, or between two instructions.
const connectors = " to for in order and or with by para o u y e con pour ou et avec um zu oder und mit per a the de "

// instructions finds the words that a text tells people to reply with: behind a verb such as Reply, in quotes or in
// capitals. Its purpose is what stands behind the word, else behind the next of a list ("STOP or END to end"), else
// in front of the verb ("To end, reply STOP"), else in the question before ("Want to end? Reply STOP").
func instructions(text string) []instruction {
	var all []instruction
	before := ""
	shouted := strings.ToUpper(text) == text
	for _, sentence := range sentences(text) {
		all = append(all, inSentence(strings.Fields(sentence), before, shouted)...)
		before = ""
		if strings.HasSuffix(sentence, "?") {
			before = keywords.Fold(sentence)
		}
	}
	return all
}

func inSentence(fields []string, question string, shouted bool) []instruction {
	verb := 0
	for verb < len(fields) && !inList(replyVerbs, keywords.Fold(fields[verb])) {
		verb++
	}
	if verb == len(fields) {
		return nil
	}
	var all []instruction
	var purposes [][]string // the words behind each
	for i := verb + 1; i < len(fields); i++ {
		// In a text of capitals only what stands right behind the verb, or in a list, is known to be a keyword.
		follows := inList(replyVerbs, keywords.Fold(fields[i-1])) || strings.HasSuffix(fields[i-1], ",") ||
			inList(" or with oder ou o mit con ", keywords.Fold(fields[i-1]))
		if word, ok := toldWord(fields[i]); ok && (!shouted || follows) {
			all, purposes = append(all, instruction{word: word}), append(purposes, nil)
		} else if w := keywords.Fold(fields[i]); w != "" && len(all) > 0 && !inList(replyVerbs, w) {
			last := len(all) - 1
			if len(purposes[last]) > 0 || !inList(connectors, w) {
				purposes[last] = append(purposes[last], w)
			}
		}
	}
	fallback := question
	if lead := keywords.Fold(strings.Join(fields[:verb], " ")); lead != "" {
		if first, _, _ := strings.Cut(lead, " "); inList(openers, first) {
			fallback = lead
		}
	}
	for i := len(all) - 1; i >= 0; i-- {
		for n := len(purposes[i]); n > 0 && inList(connectors, purposes[i][n-1]); n-- {
			purposes[i] = purposes[i][:n-1]
		}
		// A sign that is kept where it stands alone may be an end that folding takes off the whole.
		all[i].purpose = keywords.Fold(strings.Join(purposes[i], " "))
		if all[i].purpose == "" {
			all[i].purpose = fallback
		} else {
			fallback = all[i].purpose
		}
	}
	return all
}

// toldWord gives the keyword in a field of a text: what stands in quotes, or in capitals.
func toldWord(field string) (string, bool) {
	bare := strings.Trim(field, ".,;:!?…()[]*")
	word := strings.Trim(bare, `"'“”‘’«»`)
	if word == "" {
		return "", false
	}
	letters := 0
	for _, r := range word {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	quoted := len(word)+1 < len(bare)
	capitals := letters > 1 && strings.ToUpper(word) == word && strings.ToLower(word) != word
	return word, letters > 0 && (quoted || capitals)
}
