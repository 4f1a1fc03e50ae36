package keywords

import "strings"

// splitSignature parts the person's words from the lines that a phone or mail program puts below them. Only whole
// lines at the end count, and only below something else: the words of a person must never end up empty because
// they look like a signature.
func splitSignature(s string) (own, signature string) {
	if !strings.Contains(s, "\n") {
		return s, ""
	}
	lines := strings.SplitAfter(s, "\n")
	end := signatureMark(lines)
	if end < 0 {
		end = len(lines)
		for end > 0 && (blank(lines[end-1]) || isSignature(lines[end-1])) {
			end--
		}
	}
	own, signature = strings.Join(lines[:end], ""), strings.Join(lines[end:], "")
	if strings.TrimSpace(own) == "" || strings.TrimSpace(signature) == "" {
		return s, ""
	}
	return own, signature
}

// signatureMark finds the line "-- " that sets off a signature (RFC 3676, section 4.3), or -1. Signatures are at
// most four lines, by the same custom.
func signatureMark(lines []string) int {
	for i := max(1, len(lines)-6); i < len(lines); i++ {
		if strings.TrimRight(lines[i], "\r\n") == "-- " || strings.TrimRight(lines[i], "\r\n ") == "--" {
			return i
		}
	}
	return -1
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }

// signatures are how such lines begin, folded, one row a language.
var signatures = [][]string{
	{"sent from", "sent via", "get outlook for", "sent with", "sent using"},                                           // en
	{"enviado desde", "enviado con", "obtener outlook para"},                                                          // es
	{"envoye de mon", "envoye depuis", "envoye a partir de", "envoye avec", "obtenir outlook", "telecharger outlook"}, // fr
	{"von meinem", "gesendet von", "gesendet mit", "holen sie sich outlook"},                                          // de
	{"enviado do meu", "enviado a partir do", "enviado de meu", "obter o outlook"},                                    // pt
	{"inviato da", "scarica outlook", "ottieni outlook"},                                                              // it
	{"verzonden vanaf", "verstuurd vanaf"},                                                                            // nl
}

// maxSignature keeps a whole sentence that happens to begin like a signature from being one.
const maxSignature = 80

func isSignature(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" || len(line) > maxSignature {
		return false
	}
	folded := Fold(line)
	for _, language := range signatures {
		for _, begins := range language {
			if strings.HasPrefix(folded, begins+" ") {
				return true
			}
		}
	}
	return false
}
