package simulator

import (
	"strings"
	"sync"

	"github.com/heedsms/heed/internal/sms"
)

// callingCodes are the calling codes of ITU-T E.164 and the country that each stands for most. +1 is the United
// States unless the area code is Canadian.
const callingCodes = `
1 US,7 RU,20 EG,27 ZA,30 GR,31 NL,32 BE,33 FR,34 ES,36 HU,39 IT,40 RO,41 CH,43 AT,44 GB,45 DK,46 SE,47 NO,48 PL,49 DE,
51 PE,52 MX,53 CU,54 AR,55 BR,56 CL,57 CO,58 VE,60 MY,61 AU,62 ID,63 PH,64 NZ,65 SG,66 TH,81 JP,82 KR,84 VN,86 CN,90 TR,
91 IN,92 PK,93 AF,94 LK,95 MM,98 IR,211 SS,212 MA,213 DZ,216 TN,218 LY,220 GM,221 SN,222 MR,223 ML,224 GN,225 CI,226 BF,
227 NE,228 TG,229 BJ,230 MU,231 LR,232 SL,233 GH,234 NG,235 TD,236 CF,237 CM,238 CV,239 ST,240 GQ,241 GA,242 CG,243 CD,
244 AO,245 GW,248 SC,249 SD,250 RW,251 ET,252 SO,253 DJ,254 KE,255 TZ,256 UG,257 BI,258 MZ,260 ZM,261 MG,262 RE,263 ZW,
264 NA,265 MW,266 LS,267 BW,268 SZ,269 KM,291 ER,297 AW,298 FO,299 GL,350 GI,351 PT,352 LU,353 IE,354 IS,355 AL,356 MT,
357 CY,358 FI,359 BG,370 LT,371 LV,372 EE,373 MD,374 AM,375 BY,376 AD,377 MC,378 SM,380 UA,381 RS,382 ME,383 XK,385 HR,
386 SI,387 BA,389 MK,420 CZ,421 SK,423 LI,501 BZ,502 GT,503 SV,504 HN,505 NI,506 CR,507 PA,509 HT,590 GP,591 BO,592 GY,
593 EC,594 GF,595 PY,596 MQ,597 SR,598 UY,599 CW,670 TL,673 BN,675 PG,676 TO,677 SB,678 VU,679 FJ,680 PW,682 CK,685 WS,
687 NC,689 PF,691 FM,692 MH,852 HK,853 MO,855 KH,856 LA,880 BD,886 TW,960 MV,961 LB,962 JO,963 SY,964 IQ,965 KW,966 SA,
967 YE,968 OM,970 PS,971 AE,972 IL,973 BH,974 QA,975 BT,976 MN,977 NP,992 TJ,993 TM,994 AZ,995 GE,996 KG,998 UZ`

// calling is callingCodes both ways, parsed once; it never changes.
var calling = sync.OnceValue(func() (c struct{ country, code map[string]string }) {
	c.country, c.code = map[string]string{}, map[string]string{}
	for entry := range strings.SplitSeq(callingCodes, ",") {
		code, country, _ := strings.Cut(strings.TrimSpace(entry), " ")
		c.country[code], c.code[country] = country, code
	}
	c.code["CA"] = "1" // shared with US, told apart by the area code
	return c
})

// countryOf is the country of a number in ISO 3166-1 alpha-2, or empty where the calling code is not known.
func countryOf(number sms.Phone) string {
	digits := strings.TrimPrefix(string(number), "+")
	if strings.HasPrefix(digits, "1") && sms.Identity("+"+digits).IsCanadian() {
		return "CA"
	}
	for length := min(3, len(digits)); length > 0; length-- {
		if country, known := calling().country[digits[:length]]; known {
			return country
		}
	}
	return ""
}

// callingCode is the calling code of a country, or 1 where it is not known.
func callingCode(country string) string {
	if code, known := calling().code[country]; known {
		return code
	}
	return "1"
}

// carrier is the mobile network that a number is said to be on: mobile country code, mobile network code, name.
type carrier struct{ mcc, mnc, name string }

// carrierOf is one network of the number's country; the zero value elsewhere, as AWS's fields are optional.
func carrierOf(number sms.Phone) carrier {
	switch countryOf(number) {
	case "US":
		return carrier{"310", "800", "Example Wireless"}
	case "CA":
		return carrier{"302", "720", "Example Sans-fil"}
	case "GB":
		return carrier{"234", "10", "Example Mobile UK"}
	case "DE":
		return carrier{"262", "02", "Beispiel Funk"}
	case "FR":
		return carrier{"208", "01", "Exemple Mobile"}
	case "ES":
		return carrier{"214", "05", "Example Carrier"}
	case "IN":
		return carrier{"404", "10", "Example India"}
	case "AU":
		return carrier{"505", "01", "Example Australia"}
	}
	return carrier{}
}

// price is of one part, in hundred-thousandths of a US dollar, so that sums are exact.
type price struct{ message, carrierFee int }

// priceOf is what a part to a number costs. The US price is that of AWS's samples; the others are of that order.
func priceOf(number sms.Phone) price {
	switch countryOf(number) {
	case "US":
		return price{581, 300}
	case "CA":
		return price{642, 380}
	case "GB":
		return price{4200, 0}
	}
	return price{6087, 0}
}

// What the other channels cost, as AWS's samples have it: a minute of a call, a media message, an RCS message.
const voicePrice = 1300

var (
	mediaPrice = price{1950, 266}
	rcsPrice   = price{700, 494}
)

// dollars is an amount of hundred-thousandths in USD, the unit of totalMessagePrice in AWS's samples.
func dollars(hundredThousandths int) float64 { return float64(hundredThousandths) / 1e5 }

// usd is dollars for a member that may be absent.
func usd(hundredThousandths int) *float64 {
	d := dollars(hundredThousandths)
	return &d
}

// total is the price of a message with its carrier fee, in USD.
func (p price) total(parts int) float64 { return dollars((p.message + p.carrierFee) * parts) }
