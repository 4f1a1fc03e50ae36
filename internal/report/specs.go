package report

const (
	dollars = "USD"
	seconds = "s"
)

// Specs are the reports, in the order in which they are shown.
func Specs() []Spec {
	return []Spec{delivery(), failures(), latency(), cost(), unicodeCost(), optouts(), inbound(), health()}
}

func count(name, description string) Column {
	return Column{Name: name, Kind: Count, Description: description}
}

func ratio(name, description string) Column {
	return Column{Name: name, Kind: Ratio, Description: description}
}

func money(name, description string) Column {
	return Column{Name: name, Kind: Money, Unit: dollars, Description: description}
}

func number(name, description string) Column {
	return Column{Name: name, Kind: Number, Description: description}
}

func openColumn() Column {
	return count("open", "Of these, how many have no last word yet: they may still change.")
}

func ofMessages() []string {
	return []string{"day", "program", "identity", "campaign", "tenant", "template", "country", "carrier", "message_type", "encoding", "status"}
}

func delivery() Spec {
	return newSpec(Spec{
		Name: "delivery", Title: "Delivery", Default: []string{"day"}, Period: true, Zoned: true,
		Description: "What became of messages. Rates are over those with a last word; open ones stand beside.",
	}, ofMessages(),
		count("messages", "Messages that AWS was asked to send: open + succeeded + failed + unknown."),
		openColumn(),
		count("succeeded", "With a last word: a carrier or the handset took it (accepted, delivered, read)."),
		count("failed", "With a last word: it did not arrive (expired, undeliverable, blocked, invalid, refused)."),
		count("unknown", "With a last word: nobody knows (unknown, no_receipt)."),
		ratio("delivery_rate", "succeeded ÷ (messages - open)."),
		count("accepted", "A carrier took it, last word or not."),
		count("confirmed", "The handset had it or the person opened it, last word or not."),
		count("parts", "Parts (segments), of messages whose parts are known."),
		count("replies", "Of the messages, heed's own replies."),
		count("late", "Of the messages, those whose last word came after heed had given up waiting."),
	)
}

func failures() Spec {
	return newSpec(Spec{
		Name: "failures", Title: "Failures", Default: []string{"status", "failure_status", "failure_reason"}, Period: true, Top: true,
		Description: "Why messages failed: AWS's word and description of the first failure. Days are of UTC.",
	}, []string{"day", "program", "identity", "campaign", "country", "carrier", "status", "failure_status", "failure_reason"},
		count("messages", "Messages whose status is a failure."),
		ratio("share", "Of all failures that were asked for."),
	)
}

func latency() Spec {
	return newSpec(Spec{
		Name: "latency", Title: "Latency", Default: []string{"leg"}, Always: []string{"leg"}, Period: true,
		Description: "How long messages took from the request, by AWS's own times. Percentiles come from a histogram and are true within 2.5 %. Days are of UTC.",
	}, []string{"day", "program", "country", "carrier", "leg"},
		count("messages", "Messages that came so far."),
		Column{Name: "p50", Kind: Seconds, Unit: seconds, Description: "Half of them took no longer."},
		Column{Name: "p90", Kind: Seconds, Unit: seconds, Description: "Nine of ten took no longer."},
		Column{Name: "p99", Kind: Seconds, Unit: seconds, Description: "99 of 100 took no longer."},
	)
}

func cost() Spec {
	return newSpec(Spec{
		Name: "cost", Title: "Cost", Default: []string{"day"}, Period: true, Zoned: true,
		Description: "What messages cost, as AWS wrote it. US dollars are assumed. Where no price is known, money is empty, not zero.",
	}, ofMessages(),
		count("messages", "Messages that AWS was asked to send."),
		openColumn(),
		count("priced", "Of the messages, how many have a price at all: the money below is theirs."),
		count("counted", "Of the messages, how many have a number of parts."),
		count("parts", "Parts (segments) of these."),
		number("parts_per_message", "parts ÷ counted."),
		money("price", "AWS's price of the messages."),
		money("carrier_fee", "The carriers' fees."),
		money("total", "price + carrier_fee."),
		money("undelivered_charged", "Of the total, what went to messages whose status is a failure or unknown."),
		money("cost_per_delivered", "total ÷ messages that a carrier or the handset took (status accepted, delivered or read, open or not)."),
	)
}

func unicodeCost() Spec {
	return newSpec(Spec{
		Name: "unicode", Title: "Cost of Unicode", Default: []string{"program", "campaign"}, Period: true,
		Description: "What characters outside the GSM alphabet cost. One of them makes a whole text Unicode: 70 characters a part (67 of several) in place of 160 (153). What it would have taken without is estimated from the parts. Days are of UTC.",
	}, []string{"day", "program", "identity", "campaign", "tenant", "template", "country", "message_type", "rule", "character_class"},
		count("messages", "Messages that AWS was asked to send."),
		openColumn(),
		count("unicode_messages", "Of these, sent as Unicode."),
		ratio("unicode_share", "unicode_messages ÷ messages."),
		count("unicode_parts", "Parts of the Unicode messages."),
		number("gsm_parts", "Parts that they would have taken in the GSM alphabet: an estimate, half of their parts, at least one a message."),
		number("gsm_parts_low", "At least so many."),
		number("gsm_parts_high", "At most so many."),
		money("unicode_cost", "What the Unicode messages cost, fees included."),
		money("extra_cost", "Of that, what the characters cost: the share of unicode_parts beyond gsm_parts. An estimate."),
		money("extra_cost_low", "At least so much, by gsm_parts_high."),
		money("extra_cost_high", "At most so much, by gsm_parts_low."),
	)
}

func optouts() Spec {
	return newSpec(Spec{
		Name: "optouts", Title: "Opt-outs", Default: []string{"program", "campaign"}, Period: true, Hours: true,
		Description: "Texts that opted out, by the last message that went to the person in the hours before: of the same program, else of any. heed's own replies do not count. Days are of UTC.",
	}, []string{"day", "program", "campaign", "tenant", "template", "country", "keyword", "reason"},
		count("opt_outs", "Texts that opted out."),
		count("people", "Who wrote them, each person once a row."),
		count("attributed", "Of the opt_outs, those with a message to the person in the hours before."),
		count("unattributed", "Of the opt_outs, those without one."),
		count("messages", "Messages of the same program, campaign, and so on that AWS was asked to send on these days, heed's replies left out. keyword and reason do not divide them."),
		openColumn(),
		ratio("opt_out_rate", "people ÷ messages. Empty where none was sent."),
	)
}

func inbound() Spec {
	return newSpec(Spec{
		Name: "inbound", Title: "Texts from people", Default: []string{"day"}, Period: true, Zoned: true,
		Description: "What people wrote and what heed took it to mean.",
	}, []string{"day", "program", "identity", "verdict", "reason", "rule"},
		count("texts", "Texts."),
		count("people", "Who wrote them, each person once a row."),
		count("opt_outs", "Texts that opted out."),
		count("opt_ins", "Texts that opted in."),
		count("helps", "Texts that asked for help."),
		count("keywords", "Texts that a keyword of heed.yaml answered."),
		count("unclear", "Texts that may be requests to stop; a person decides."),
		count("open", "Of the unclear, those that wait for a decision (heed consent review list)."),
		count("unmatched", "Texts that nothing matched (verdict none)."),
		ratio("unclear_share", "unclear ÷ texts."),
		ratio("unmatched_share", "unmatched ÷ texts."),
	)
}

func health() Spec {
	return newSpec(Spec{
		Name: "health", Title: "Health of the data",
		Description: "Whether what the reports say can be trusted, a measure a row.",
	}, nil,
		Column{Name: "measure", Kind: Text, Description: "What is measured."},
		Column{Name: "detail", Kind: Text, Description: "Which of several: a reason, a state."},
		number("value", "How much or how many; empty where it was never known."),
		Column{Name: "unit", Kind: Text, Description: "Of value."},
		Column{Name: "since", Kind: Time, Description: "Since when, or of what is counted the oldest."},
		Column{Name: "state", Kind: Text, Description: "ok, or attention: somebody should look."},
		Column{Name: "meaning", Kind: Text, Description: "What it says, and what to do."},
	)
}
