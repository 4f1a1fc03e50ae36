package keywords

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitSignature parts the person's words from the lines that a phone or mail program puts below them. Only whole
// lines at the end count, and only below something else: the words of a person must never end up empty because
// they look like a signature.
func splitSignature(s string) (own, signature string) {
	if !strings.Contains(s, "\n") {
		return s, ""
	}
	end := signatureMark(s)
	if end < 0 {
		end = len(s)
		for range maxSignatureLines {
			body := strings.TrimRightFunc(s[:end], unicode.IsSpace)
			line := strings.LastIndexByte(body, '\n') + 1
			if !isSignature(body[line:]) {
				break
			}
			end = line
		}
	}
	own, signature = s[:end], s[end:]
	if strings.TrimSpace(own) == "" || strings.TrimSpace(signature) == "" {
		return s, ""
	}
	return own, signature
}

// maxSignatureLines is more than any program adds, and bounds what a text of thousands of such lines costs.
const maxSignatureLines = 6

// signatureMark finds the line "-- " that sets off a signature (RFC 3676, section 4.3), or -1. Signatures are at
// most four lines, by the same custom.
func signatureMark(s string) int {
	found := -1
	body := strings.TrimRight(s, "\r\n")
	for range maxSignatureLines {
		line := strings.LastIndexByte(body, '\n')
		if line < 0 {
			break
		}
		if strings.TrimRight(body[line+1:], "\r ") == "--" {
			found = line + 1
		}
		body = body[:line]
	}
	return found
}

// signature is how such a line begins or ends, folded. A language that puts "sent" last names the device first.
type signature struct{ begins, ends string }

// signatures are the lines that phones and mail programs add, one row a language: iOS's standard text ("Sent from
// my iPhone"), Samsung's and Outlook's where they differ. English to Dutch and Japanese to Korean are as seen in
// texts; the others follow iOS's wording and are less certain.
var signatures = [][]signature{
	{{begins: "sent from"}, {begins: "sent via"}, {begins: "get outlook for"}, {begins: "sent with"}, {begins: "sent using"}}, // en
	{{begins: "enviado desde"}, {begins: "enviado con"}, {begins: "obtener outlook para"}},                                    // es
	{
		{begins: "envoye de mon"},
		{begins: "envoye depuis"},
		{begins: "envoye a partir de"},
		{begins: "envoye avec"},
		{begins: "obtenir outlook"},
		{begins: "telecharger outlook"},
	}, // fr
	{{begins: "von meinem"}, {begins: "gesendet von"}, {begins: "gesendet mit"}, {begins: "holen sie sich outlook"}},       // de
	{{begins: "enviado do meu"}, {begins: "enviado a partir do"}, {begins: "enviado de meu"}, {begins: "obter o outlook"}}, // pt
	{{begins: "inviato da"}, {begins: "scarica outlook"}, {begins: "ottieni outlook"}},                                     // it
	{{begins: "verzonden vanaf"}, {begins: "verstuurd vanaf"}, {begins: "verzonden vanuit"}},                               // nl
	{{begins: "skickat fran"}, {begins: "sendt fra"}, {begins: "lahetetty"}},                                               // sv, da and nb, fi
	{{begins: "wyslane z"}, {begins: "wyslano z"}, {begins: "odeslano z"}, {begins: "odoslane z"}},                         // pl, cs, sk
	{{begins: "poslano s"}, {begins: "trimis de pe"}, {begins: "trimis de la"}, {ends: "kuldve"}},                          // hr, ro, hu
	{{ends: "gonderildi"}}, // tr: iPhone'umdan gönderildi
	{{begins: "отправлено с"}, {begins: "отправлено из"}, {begins: "надіслано з"}, {begins: "изпратено от"}}, // ru, uk, bg
	{{begins: "εσταλη απο"}, {begins: "σταλθηκε απο"}},                                                       // el
	{{begins: "ارسلت من"}, {begins: "ارسل من"}, {begins: "נשלח מה"}, {begins: "נשלח מ"}},                     // ar, he
	{{begins: "發自我的"}, {begins: "发自我的"}, {begins: "從我的", ends: "傳送"}, {begins: "来自我的"}},                      // zh
	{{ends: "から送信"}},  // ja: iPhoneから送信
	{{ends: "에서 보냄"}}, // ko: 나의 iPhone에서 보냄
	{{begins: "ส่งจาก"}, {begins: "dikirim dari"}, {begins: "da gui tu"}}, // th, vi, id
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
		for _, s := range language {
			if beginsWith(folded, s.begins) && endsWith(folded, s.ends) {
				return s.begins != "" || namesDevice(folded)
			}
		}
	}
	return false
}

// namesDevice is asked of lines that only end like a signature: "paket gönderildi" says that a parcel was sent.
func namesDevice(folded string) bool {
	return slices.ContainsFunc(devices, func(d string) bool { return strings.Contains(folded, d) })
}

var devices = []string{
	"iphone", "ipad", "android", "galaxy", "samsung", "xiaomi", "redmi", "huawei", "oppo", "vivo", "pixel", "outlook", "mail",
	"windows",
}

// beginsWith and endsWith compare whole words, except in scripts that put no blank between words.
func beginsWith(folded, words string) bool {
	rest, found := strings.CutPrefix(folded, words)
	return found && (words == "" || rest == "" || rest[0] == ' ' || unspaced(words))
}

func endsWith(folded, words string) bool {
	rest, found := strings.CutSuffix(folded, words)
	return found && (words == "" || rest == "" || rest[len(rest)-1] == ' ' || unspaced(words))
}

// unspaced says of words that theirs is a script without blanks, or one that sticks particles to the word before.
func unspaced(words string) bool {
	r, _ := utf8.DecodeRuneInString(words)
	return hasNoCase(r)
}
