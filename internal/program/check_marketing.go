package program

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/heedsms/heed/internal/keywords"
)

// sellingWords sell something, in English, Spanish and French, in their matching form.
const sellingWords = " sale sales deal deals offer offers discount discounts coupon coupons promo promos promotion " +
	"promotions buy shop save savings bargain clearance exclusive " +
	"oferta ofertas descuento descuentos rebaja rebajas compra compre cupon cupones promocion promociones ahorra ahorre " +
	"soldes offre offres remise remises reduction reductions achetez acheter promotionnel profitez rabais "

// denyingWords turn a sentence round: "no more offers" sells nothing.
const denyingWords = " no not stop stopped unsubscribed longer opted never nunca ya sin plus ne pas aucun aucune "

// inList says whether a list of words, each between blanks, has a word.
func inList(list, word string) bool { return word != "" && strings.Contains(list, " "+word+" ") }

// adviseMarketing finds the confirmation of an opt-out that sells: it may only confirm (47 CFR 64.1200(a)(12)). The
// text that asks whether a person wants to stop is held to the same.
func (p *parser) adviseMarketing(g *Program, s saying) {
	confirms := s.field == sayOptOut || s.field == sayAsk || s.rule != nil && s.rule.Action == ActionOptOut
	if !confirms {
		return
	}
	for _, text := range s.variants("") { // a brand may be called Best Buy
		if g.Brand != "" {
			text = strings.ReplaceAll(text, g.Brand, "")
		}
		if found := selling(text); found != "" {
			p.add(Warning, "marketing", s.line, fmt.Sprintf("%s seems to sell something: %q", s.where, found),
				"the one text after an opt-out may only confirm it (47 CFR 64.1200(a)(12))", "take it out")
			return
		}
	}
}

// selling gives the first words that sell something, or "".
func selling(text string) string {
	for _, sentence := range sentences(text) {
		denied := false
		for _, w := range strings.Fields(keywords.Fold(sentence)) {
			denied = denied || inList(denyingWords, w)
		}
		for field := range strings.FieldsSeq(sentence) {
			word := strings.Trim(field, ".,;:!?…\"'()“”«»")
			switch {
			case isPrice(field), isShopLink(word):
				return word
			case !denied && inList(sellingWords, keywords.Fold(word)):
				return word
			}
		}
	}
	return ""
}

// isPrice says whether a word is a price or a percentage: $5, 5€, 20%.
func isPrice(word string) bool {
	return strings.ContainsAny(word, "$€£%") && strings.ContainsFunc(word, unicode.IsDigit)
}

// isShopLink says whether a word is a web address that leads to something to buy.
func isShopLink(word string) bool {
	word = strings.ToLower(word)
	if !strings.Contains(word, "://") && !strings.Contains(strings.Trim(word, "."), ".") {
		return false
	}
	return slices.ContainsFunc(strings.Fields(shops), func(s string) bool { return strings.Contains(word, s) })
}

// shops are parts of the addresses of shops.
const shops = "shop store sale deal offer buy cart promo coupon discount tienda oferta boutique solde"

// sentences parts a text behind marks that end a sentence and a blank.
func sentences(text string) []string {
	var all []string
	var sentence []string
	for field := range strings.FieldsSeq(text) {
		sentence = append(sentence, field)
		if strings.ContainsAny(field[len(field)-1:], ".!?;") || strings.HasSuffix(field, "…") {
			all, sentence = append(all, strings.Join(sentence, " ")), nil
		}
	}
	if len(sentence) > 0 {
		all = append(all, strings.Join(sentence, " "))
	}
	return all
}
