package program

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
)

// adviseTraps finds texts that tell people to reply with a compliance word for something else. "Reply CANCEL to cancel
// your visit" ends all messages: a bare CANCEL is a request to stop by law (47 CFR 64.1200(a)(10)), and the carriers
// and AWS act on it whatever the text said.
func (p *parser) adviseTraps(g *Program, s saying, variants []string) {
	told := make(map[string]bool)
	for _, text := range variants {
		for _, i := range instructions(text) {
			folded := keywords.Fold(i.word)
			if why := g.trap(folded, i.purpose); why != "" && !told[folded] {
				told[folded] = true
				p.add(Warning, "reply_trap", s.line,
					fmt.Sprintf("%s tells people to reply %s for something else (%s)", s.where, i.word, i.purpose),
					why, "take another word, such as NO or CHANGE, and say STOP only for the end of messages")
			}
		}
	}
}

// trap says what a person gets who replies with a word, if it is not what the text promises.
func (p *Program) trap(folded, purpose string) string {
	f, _ := p.lexicon.Word(folded)
	switch {
	case purpose == "":
		return ""
	case f.Intent == optout.OptOut && !endsMessages(folded, purpose):
		return "who replies with it is opted out of everything: it is a compliance word"
	case f.Intent == optout.OptIn && !mentions(purpose, returning) && !mentions(purpose, messages):
		return "who replies with it is opted in to messages: it is a compliance word"
	case f.Intent == optout.Help && !mentions(purpose, helping):
		return "who replies with it gets the HELP text: it is a compliance word"
	case f.Intent == optout.None && p.Answers == AnswersAWS:
		for _, listed := range optout.BuiltIntoAWS() {
			if strings.HasPrefix(folded, listed) {
				return "with answers: aws, AWS opts out whoever texts what begins with " + strings.ToUpper(listed)
			}
		}
	}
	return ""
}

// Beginnings of words, in matching form, that show what a text is about.
const (
	messages = "messag text txt sms msg alert updat notif subscri mail reminder newsletter " +
		"mensaj aviso recordatorio suscri nachricht benachrichtig rappel abonn messagg"
	ending = "stop end cancel quit opt unsub remov leav exit off out halt revok discontin no nomore " +
		"parar pare deten cancel baja sal termin dej fin arret annul desabon desinscri resili abmeld beend abbestell"
	returning = "resum return rejoin join start restart again back opt in sign keep subscri resubscri enrol continu " +
		"volver reanud inici contin revenir reprendre recommenc inscri recib recev weiter wieder"
	helping = "help info more question support assist contact aide ayuda hilfe aiuto"
)

// ambiguous words ask to end something; that it is the messages has to be said.
const ambiguous = " cancel end quit remove td revoke cancelar eliminar salir fin annuler resilier " +
	"ende beenden abbrechen fim sair remover fine esci cancella annulla einde "

// endsMessages says whether a purpose is the end of messages. "STOP to cancel" is what carriers' own examples say, so
// an unmistakable word needs only to end something. "CANCEL to cancel" may be a visit.
func endsMessages(folded, purpose string) bool {
	if !inList(ambiguous, folded) {
		return mentions(purpose, ending) || mentions(purpose, messages)
	}
	first, rest, _ := strings.Cut(purpose, " ")
	if mentions(first, "stop unsub opt desabon arret baja abmeld") {
		return true
	}
	return mentions(purpose, messages) || rest == "" && mentions(first, "end quit leav")
}

// mentions says whether a word of a text begins with one of some stems. A stem of two letters is a whole word.
func mentions(text, stems string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		return slices.ContainsFunc(strings.Fields(stems), func(stem string) bool {
			return word == stem || len(stem) > 2 && strings.HasPrefix(word, stem)
		})
	})
}
