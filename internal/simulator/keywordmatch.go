package simulator

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// builtInOptOutWords opt out besides STOP, without being keywords (page keywords-required: the whole published list).
var builtInOptOutWords = []string{"ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "TD", "UNSUBSCRIBE"}

// keywordMatch is the keyword that a text begins with.
type keywordMatch struct {
	word, message string
	action        types.KeywordAction
	compliance    bool // HELP, STOP or one of its synonyms
}

// match finds the keyword that a text begins with, in any case. AWS states no boundary after it, so ENDLESS is an END;
// nor which of several wins: here the longest. A synonym of STOP has the message of STOP.
func (b inboundSettings) match(body string) (keywordMatch, bool) {
	text := strings.ToUpper(body)
	best := keywordMatch{}
	for word, k := range b.keywords {
		if strings.HasPrefix(text, word) && len(word) > len(best.word) {
			best = keywordMatch{
				word: word, message: *k.KeywordMessage, action: k.KeywordAction,
				compliance: word == keywordHelp || word == keywordStop,
			}
		}
	}
	for _, word := range builtInOptOutWords {
		if strings.HasPrefix(text, word) && len(word) > len(best.word) {
			best = keywordMatch{
				word: word, message: *b.keywords[keywordStop].KeywordMessage, action: types.KeywordActionOptOut, compliance: true,
			}
		}
	}
	if slices.Contains(builtInOptOutWords, best.word) {
		best.compliance = true
	}
	return best, best.word != ""
}
