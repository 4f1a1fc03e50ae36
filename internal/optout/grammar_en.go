package optout

// english is how people ask in English. The sources of its readings: 47 CFR 64.1200(a)(10), any wording that a
// reasonable person understands as a revocation; CTIA Messaging Principles 5.1.3 ("please opt me out"); the phrase
// lists of Postscript and Klaviyo ("wrong number", "please no more messages").
func english() language {
	return language{
		locale: "en",
		ignored: "please|pls|plz|plss|plse|plese|pleas|plase|pleaze|thanks|thank you|thank u|thankyou|thx|thnx|tks|ty|" +
			"tysm|ok|okay|okey|k|kk|hi|hey|hello|yo|dear|good morning|good afternoon|good evening|good day|sir|" +
			"madam|maam|guys|folks|everyone there|team|sorry|im sorry|i am sorry|just|now|right now|rn|" +
			"immediately|immediatly|asap|already|right away|at once|for good|forever|permanently|ever|again|" +
			"ever again|anymore|any more|any longer|really|seriously|simply|kindly|very|very much|so much|and|oh|" +
			"ugh|omg|lol|smh|fuck|fucking|fuckin|fkn|fing|f ing|f|the fuck|tf|the hell|hell|damn|damned|damnit|" +
			"dammit|goddamn|shit|bloody|ffs|wtf|bitch|bitches|asshole|assholes|idiot|idiots|jerk|jerks|moron|" +
			"morons|dumbass|losers|creeps|scammers|spammers|god|for gods sake|for god sake|for christs sake|" +
			"for the love of god|for crying out loud|jesus|jesus christ|christ|i said|i say|i repeat|" +
			"i told you to|i told you|i have told you to|like i said|as i said|once again|for the last time|" +
			"last warning|final warning|i mean it|do it|period|end of story|cheers|regards|best regards|bye|" +
			"have a nice day|have a good day|have a great day|god bless|i appreciate it|appreciate it|" +
			"much appreciated|would be great|immediate effect|with immediate effect|effective immediately|" +
			"as soon as possible|for f s sake|for fucks sake|for petes sake|for heavens sake|the f|the eff|n|but|" +
			"yes|yeah|yep|yup|sincerely|ps|in advance|first of all",
		classes: map[string]string{
			"TELL":    "tell|ask",
			"THROUGH": "want|want to|wanna|to|me|us|keep|trying|please|can|could|would|will|should|need|need to|are|be|going|gonna|that|it|asking|make|let|get|have|said|say|saying|told|asked",
			"STOP":    "stop|stopp|stpo|sotp|tsop|stpop|quit|cease|halt|discontinue|knock off|cut out|quit it with|cease and desist from|cease and desist|stop all|stop ur|stahp|refrain from|please stop|stop with",
			// Words that also answer appointments and orders.
			"END":        "end|cancel|cancle|terminate",
			"IT":         "it|this|that|these|those|them|all|everything|all of it|all of this|all of these|all of them|this stuff|this crap|this shit|it all|this now|this nonsense|thing|things",
			"WISH":       "if you could|if u could|if you would|if you can|grateful if you could|can you|could you|would you|will you|can u|could u|would u|will u|i want you to|i want u to|i want|i want to|i would like you to|i would like to|i would like|i d like to|id like to|id like you to|id like|i wish to|i need you to|i need u to|i need to|i need|you need to|u need to|you must|you should|i am asking you to|im asking you to|i ask you to|i ask that you|i request that you|i request you|i request to be|i request|i demand that you|i demand you|i demand|i wanna|i want to be|i would like to be|id like to be|i wish to be|i need to be|how do i|how can i|how do we|how to|how do you|where do i|where can i|let me|id appreciate if you|i would appreciate if you|id appreciate it if you|i would appreciate it if you|would you mind|do you mind|need to|want to|like to|wanna|i am trying to|im trying to|trying to|i have been trying to|ive been trying to|i keep trying to|why dont you|why cant you|cant you|wont you|can we|lets|may i|can i|may you|tell you to|have to tell you to|to tell you to|ask you to|to ask you to|to get you to|you guys to|can someone|can somebody|is there a way to|please have someone|i would appreciate it if u|id appreciate it if you would|i would prefer that you|id prefer you|i prefer you|make sure to|be sure to",
			"CONTACTING": "texting|txting|texing|texring|messaging|msging|massaging|contacting|spamming|bothering|harassing|harrassing|emailing|mailing|pinging|bugging|annoying|soliciting|notifying|bombarding|writing|writing to|hitting up|blowing up|stalking|disturbing|pestering|reaching out to|reaching out|textin|textng|messagin|textting|text ing|testing me",
			"SENDING":    "sending|sendin|giving|receiving|getting|recieving|delivering|forwarding",
			"TEXT":       "text|txt|message|msg|contact|spam|bother|harass|disturb|annoy|solicit|write|write to|send|reach out to|reach out|bug|email",
			"ME":         "me|us|this number|my number|this phone|my phone|my phone number|this phone number|my cell|this cell|my cell phone|my mobile|my mobile number|this line|my line|this no|my no|this account|myself|at this number|on this number|to this number|at my number|on my phone|to my phone|on my cell|at this phone number|mee|m3|my wife and i|us here",
			"MINE":       "my number|this number|my phone number|my phone|my name|my contact|my cell|my cell number|my mobile number|the number|this phone|this phone number|our number|my no|this no|number|his number|her number|their number|moms number|dads number",
			"TEXTS":      "texts|text|txts|txt|messages|message|msgs|msg|mesages|messeges|sms|alerts|notifications|notification|notices|updates|reminders|spam|promos|promotions|promotional texts|promotional messages|marketing|marketing texts|marketing messages|emails|offers|text messages|text message|txt messages|text msgs|text alerts|text reminders|newsletter|newsletters|subscription|subscriptions|campaigns|communications|communication|correspondence|solicitations|stupid texts|unwanted texts|political texts|campaign texts|fundraising texts|donation requests",
			// What people call them in anger. It is only theirs with STOP: an order may be some stuff too.
			"JUNK":        "contact|junk|crap|stuff|bs|bullshit|garbage|surveys|requests|anything|solicitation",
			"A":           "a|an|any|the|these|those|this|that|all|all of|all of these|all of the|all of your|your|ya|ur|you|yours|my|such|of|some|other|further|future|additional|more|unsolicited|unwanted|annoying|stupid|dumb|daily|constant|endless|automated|weekly|political|campaign|promotional|marketing|with|with the|with these|with your|with all the|with all these|from you|from this number|from yall|from you guys|out",
			"NOT":         "not|dont|do not|donot|dnt|don t|never|no longer|cant|cannot|wont|didnt|doesnt|isnt|shouldnt|couldnt|wouldnt|wasnt|havent|hasnt|cant|can not|will not|did not|does not|should not|nor|without|hardly|aint",
			"NO":          "no|zero|enough of|enough with|enough|done with|sick of|tired of|sick and tired of|fed up with|over",
			"MORE":        "more|mas|mor",
			"I":           "i|ill|i ll|ive|we|weve|well|im|i am|i will|i have|i had|id",
			"YOU":         "you|u|yall|ya ll|you guys|yall guys|you people|ya",
			"OTHER":       "he|she|him|her|hes|shes|my ex|my husband|my wife|my boyfriend|my girlfriend|my mom|my dad|my mother|my father|my brother|my sister|my son|my daughter|my boss|my friend|my friends|my kids|my kid|my neighbor|my neighbour|my landlord|my coworker|ex|husband|wife|boyfriend|girlfriend|boss|friend|friends|someone|somebody|everyone|everybody|nobody|no one|who|mom|dad|kids|other people|some guy|this guy|that guy|a guy|tell him to|tell her to",
			"IF":          "if|when|whenever|unless|until|till|once|before|after|while|as soon as|in case|suppose|what if|what happens when|what happens if",
			"WHEN":        "so|until|till|untill|unless|if|when|while|before|after|during|tonight|this early|this late|that early|too early|early|late|in the morning|in the middle of|at night|at work|on weekends|on sundays|on sunday|on weekdays|on saturdays|for now|for a while|for a week|for today|for the day|for a bit|except|only|every day|everyday|every hour|all day|all the time|24 7|at|more than|too much|that much|this often|so often|about my",
			"ASKED":       "did you|have you|did they|had you|didnt you|havent you|do you ever",
			"OFF":         "off|off of|from|out of|of|form|frm|fr",
			"LIST":        "list|lists|mailing list|contact list|contacts|call list|text list|texting list|sms list|database|data base|system|records|files|phone list|distribution list|distribution|roster|rolls|program|group|thread|chat|service|subscription|marketing|ads|everything",
			"REMOVE":      "rmv|rmove|scrub|purge|unlist|deregister|unregister|unenroll|exclude|remove",
			"UNSUB":       "unsubscribe|unsubscribed|unsubscribing|unsub|unsubscibe|unsubcribe|unsuscribe|unsubsribe|unsubscrive|unscribe|unsubscribe me|un subscribe|unsubscription|opt out|optout|opt me out|opt us out|opting out|opted out|opt myself out|opt this number out|opt my number out|unenroll|unenroll me|un enroll|deactivate my subscription|dnc|do not contact list",
			"TAKE":        "take|get|keep|pull|drop|strike|tkae|taek",
			"LOSE":        "lose|forget|loose|ditch",
			"WANT":        "want|want to|wanna|wish|wish to|like|like to|care to|need|need to|want to be",
			"RECEIVE":     "receive|recieve|get|see|have|read|hear",
			"CONTACTED":   "contacted|texted|messaged|bothered|spammed|txted|emailed|notified|solicited",
			"UNSUBME":     "opt me out|opt us out|unsubscribe me|unsubscribe us|unsub me|unenroll me|unsubscibe me|unsubcribe me|unsuscribe me|opt me otu|opt me ot|op me out",
			"DNC":         "do not contact list|dont contact list|do not text list|dont text list|do not call list|dont call list|dnc list|dnc|no contact list",
			"REFUSE":      "no thanks|no thank you|no thank u|no thx|no ty|nty|no tks|no thankyou|nah thanks|nope thanks",
			"RESUME":      "resume|begin|continue|restart",
			"ADJ":         "right|fair|working|good|funny|true|correct|over|helpful|helping|real|easy|possible|bad|ok|great|me|sure|yet|today|tomorrow|really|coming|going|ready|available|feeling|home|happy|able|done|here|there|well|free|currently|necessary|needed|that|bad|quite|at|all|too|so|mine|yours|what|why|how|a|an|the|in|on|my|until|tonight|enough|cool|nice|interested|allowed|applicable|important|certain|clear|surprised|worried|mad|late|sick|hungry|tired|busy|able|only|much|many|always|everyone|anymore|received|delivered|registered|open|closed|included|worth|now|possible|him|her|them|it|this",
			"DELETE":      "delete|erase|clear",
			"DATA":        "my info|my information|my data|my details|my personal information|my contact info|my contact information|my account|my profile|account",
			"KIND":        "ads|advertisements|promos|political ads|marketing|surveys",
			"UNTIL":       "until|till|untill|unless|for now|for a while|for today|for the day|for a bit|for a week|for the weekend|for tonight|for the night|tonight|this week|while",
			"THING":       "shop|light|lights|sign|signs|loss|losses|payment|payments|watch|motion|gap|order|orders|work|working|button|over|by|in|off|at|there|along|short|sale|line|start|frame|time|drop|action|press|bath|overs|go|up|on|out|ok|valve|check|number|street|hold|bleed|that",
			"SAID":        "said|asked|told|replied|texted|sent|typed|wrote|responded|answered|say|repeat|repeated",
			"LAWYER":      "lawyer|attorney|my lawyer|a lawyer|my attorney|an attorney|my lawyers|police|the police|the cops|attorney general|the fcc|the ftc",
			"THREAT":      "report|reporting|sue|suing|block|blocking|calling|contact|contacting|filing|file|pursue|take legal action|press|turning|be reporting|be suing|be contacting|be blocking",
			"WRONGPERSON": "wrong person|wrong guy|wrong lady|wrong contact|wrong girl|wrong man|wrong woman|wrong one",
			"WRONG":       "wrong number|wrong numbers|wrong no|wrong phone number|wrong phone|wrong numba|wrong num|incorrect number|number is wrong|wrng number|wrong nmber|wrong numbr|wrong nummber|wron number|wrong numer",
			"BACK":        "back|back up|again",
			"CONSENT":     "consent|permission|authorization|authorisation|my consent|my permission|my authorization|all consent|any consent|opt in",
			"REVOKE":      "revoke|revoking|withdraw|withdrawing|rescind|rescinding|retract|take back",
			"START":       "start|unstop|un stop",
			"SUBSCRIBE":   "resubscribe|re subscribe|opt in|opt back in|opt me in|opt me back in|resubscribe me|re subscribe me|sign me back up|sign back up|sign me up again|add me back|add me back to|put me back on|reenroll me|enroll me again|re enroll me|reactivate my subscription|join again|subscribe me again|subscribe me back",
			"HELP":        "help|help me|helpp|info|aide",
			"FORMESSAGES": "for|to|on|onto|back to|back on|the|your|receiving|receive|getting|get",
		},
		readings: []reading{
			// What turns the rest round, wherever it stands.
			{name: "calls_only", intent: None, overrides: true, patterns: []string{"NOT call ME? TEXT ME", "STOP calling ME? TEXT ME", "NOT call ME? TEXT $"}},
			{name: "partly", intent: Unclear, overrides: true, patterns: []string{"keep A* TEXTS", "keep A* _ TEXTS", "keep SENDING A* TEXTS", "still WANT A* TEXTS", "except A* TEXTS", "except for A* TEXTS", "only A* TEXTS about"}},
			// Strong: whatever stands around, but for what judge knows.
			{name: "stop_contacting_me", intent: OptOut, imperative: true, patterns: []string{
				"STOP A* CONTACTING A* ME", "STOP A* CONTACTING $", "STOP CONTACTING A* TEXTS", "END CONTACTING ME", "STOP SENDING ME", "STOP SENDING A* TEXTS",
				"STOP SENDING A* JUNK", "STOP SENDING IT $", "STOP SENDING $", "STOP A* TEXTS TO ME", "STOP CONTACTING or", "STOP CONTACTING I",
				"STOP CONTACTING YOU", "STOP CONTACTING about", "STOP TEXT ME", "STOP contact with ME", "STOP to TEXT ME", "STOP A* calling A* CONTACTING",
				"STOP calling or CONTACTING", "STOP CONTACTING A* calling", "STOP CONTACTING or calling",
			}},
			{name: "do_not_call", intent: OptOut, alone: true, imperative: true, patterns: []string{"^ NOT call ME? $", "^ WISH? STOP calling ME? $", "^ NOT call MINE $"}},
			{name: "already_said", intent: OptOut, patterns: []string{"I SAID YOU? to? STOP", "I SAID TEXTS? STOP", "I have SAID STOP", "I WISH STOP $", "I SAID to? UNSUB", "SAID STOP NUM times"}},
			{name: "threat", intent: OptOut, patterns: []string{"^ TEXT ME I will? THREAT", "^ TEXT ME I sue", "IF YOU TEXT ME I will? THREAT", "IF YOU TEXT ME YOU will hear from", "IF YOU TEXT this I", "IF I get A* TEXTS I will? THREAT", "STOP or I", "STOP or else"}},
			{name: "stop_messages", intent: OptOut, imperative: true, patterns: []string{"STOP A* TEXTS", "STOP A* JUNK $", "STOP IT JUNK", "END A* TEXTS", "END all JUNK"}},
			{name: "do_not_contact", intent: OptOut, imperative: true, patterns: []string{
				"NOT TEXT ME", "NOT TEXT $", "NOT TEXT A* TEXTS", "NOT TEXT ME A* TEXTS", "NOT CONTACTING ME", "NOT TEXT or", "NOT TEXT calling", "NOT TEXT IT $",
				"NOT call or TEXT", "NOT TEXT A* JUNK else? ME", "NOT TEXT A* JUNK $", "NOT TEXT ME A* JUNK",
			}},
			{name: "remove_me", intent: OptOut, imperative: true, patterns: []string{
				"REMOVE ME $", "REMOVE ME OFF A* LIST", "have ME removed", "WISH removed $", "WISH removed OFF A* LIST", "DELETE MINE", "REMOVE ME OFF A* TEXTS", "REMOVE ME OFF IT $", "REMOVE ME OFF YOU* $", "REMOVE MINE !OFF", "REMOVE MINE OFF A* LIST", "REMOVE MINE OFF A* TEXTS", "REMOVE MINE OFF YOU", "have MINE removed", "TAKE ME OFF A* LIST", "TAKE ME OFF A* TEXTS", "TAKE ME OFF $", "TAKE ME OFF IT $",
				"TAKE MINE OFF A* LIST", "TAKE MINE OFF A* TEXTS", "TAKE MINE OFF $", "LOSE MINE", "be removed OFF A* LIST", "be removed OFF A* TEXTS", "be removed $", "be taken OFF A* LIST",
				"removed OFF A* LIST", "^ WISH? OFF A* LIST $", "put ME on A* DNC", "ME to A* DNC", "ME on A* DNC", "MINE to A* DNC", "MINE on A* DNC", "take ME out of A* LIST",
			}},
			{name: "remove_me_from", intent: Unclear, imperative: true, patterns: []string{"^ REMOVE ME OFF !LIST", "DELETE DATA", "REMOVE DATA", "DELETE ME $"}},
			{name: "unsubscribe", intent: OptOut, patterns: []string{
				"WISH UNSUB $", "WISH UNSUB OFF A* TEXTS", "WISH UNSUB OFF A* LIST", "WISH UNSUB of A* TEXTS", "UNSUB ME", "UNSUBME", "UNSUB OFF A* TEXTS", "UNSUB OFF A* LIST", "UNSUB of A* TEXTS", "UNSUB of A* LIST",
				"UNSUB OFF YOU", "UNSUB OFF IT $", "UNSUB of IT $", "UNSUB MINE", "I UNSUB $", "be UNSUB $", "be UNSUB OFF A* LIST",
			}},
			{name: "unsubscribe", intent: OptOut, alone: true, patterns: []string{"^ WISH? STOP* UNSUB IT? STOP* $", "^ be UNSUB $", "^ WISH? UNSUB UNSUB* $"}},
			{name: "no_more_messages", intent: OptOut, patterns: []string{"NO MORE A* TEXTS", "NO A* TEXTS $", "NO MORE A* CONTACTING", "NO A* CONTACTING ME", "NO MORE A* JUNK $", "NO MORE of IT $"}},
			{name: "no_more_messages", intent: OptOut, alone: true, patterns: []string{"^ NO MORE $", "^ NO MORE IT $", "^ NO MORE from YOU $"}},
			{name: "messages_not_wanted", intent: OptOut, patterns: []string{
				"NOT WANT RECEIVE? MORE? A* TEXTS", "NOT WANT RECEIVE A* JUNK", "NOT WANT RECEIVE IT $", "NOT WANT A* CONTACTING", "NOT WANT be? CONTACTED", "NOT WANT be? on A* LIST", "NOT WANT RECEIVE from YOU",
				"NOT WANT RECEIVE from", "NOT WANT YOU to? TEXT ME", "NOT WANT YOU CONTACTING ME", "NOT WANT to? TEXT ME", "NOT interested in A* TEXTS", "NOT interested in SENDING", "NOT WANT SENDING A* TEXTS",
				"NOT WANT IT TEXTS", "NOT consent", "NOT agree to A* TEXTS", "NOT authorize A* TEXTS", "NOT have A* CONSENT", "NOT give YOU CONSENT", "NOT WANT A* contact", "NOT WANT be? part of IT", "NOT WANT TEXTS",
				"NOT WANT A* more from", "NOT WANT A* JUNK from YOU",
			}},
			{name: "leave_me_alone", intent: OptOut, patterns: []string{"leave me alone", "leve me alone", "leav me alone", "leave us alone", "leave my phone alone", "leave me be $"}},
			{name: "wrong_number", intent: OptOut, imperative: true, patterns: []string{
				"^ A* WRONG !of", "YOU have A* WRONG !of", "YOU got A* WRONG !of", "IT is A* WRONG !of", "CONTACTING A* WRONG", "YOU reached A* WRONG", "YOU called A* WRONG", "YOU texted A* WRONG", "have A* WRONG !of", "got A* WRONG !of", "kid WRONG $",
			}},
			{name: "consent_revoked", intent: OptOut, patterns: []string{"REVOKE A* CONSENT", "CONSENT revoked", "CONSENT is revoked", "CONSENT is withdrawn", "CONSENT withdrawn"}},
			{name: "stop", intent: OptOut, alone: true, patterns: []string{
				"^ WISH? STOP A* IT* $", "^ WISH? STOP STOP* IT* $", "^ REFUSE WISH? STOP IT* $", "^ STOP means STOP $", "^ STOP YOU* $", "^ IT needs to STOP $", "^ IT must STOP $", "^ IT has to STOP $", "^ WISH IT to? STOP $", "^ make IT STOP $", "make A* TEXTS STOP", "^ REVOKE $", "^ STOP UNTIL? YOU $", "^ REMOVE $", "^ STOP here $",
			}},
			{name: "how_to_stop", intent: OptOut, patterns: []string{"WISH STOP SENDING? A* TEXTS", "WISH stopped CONTACTING ME", "WISH stopped SENDING ME", "HELP to? UNSUB", "HELP STOP A* TEXTS", "HELP WISH? TAKE OFF A* LIST", "WISH TAKE OFF A* LIST", "WISH make YOU STOP", "WISH get YOU to STOP", "WISH STOP IT from? YOU? $"}},

			// What might be one.
			{name: "cancel_or_end", intent: Unclear, alone: true, patterns: []string{"^ WISH? END END* IT* $", "^ END A* IT* $"}},
			{name: "condition", intent: Unclear, patterns: []string{"^ WISH? STOP IT? UNTIL", "STOP SENDING WHEN", "STOP CONTACTING WHEN", "^ END IT? UNTIL"}},
			{name: "stop_with_more", intent: Unclear, alone: true, patterns: []string{"^ STOP _ $", "^ STOP NUM $", "^ END NUM $", "^ UNSUB _ $", "^ UNSUB NUM $", "^ STOP KIND $", "^ STOP asking"}},
			{name: "contact_about_others", intent: Unclear, imperative: true, patterns: []string{"^ WISH? STOP CONTACTING A* _", "^ WISH? STOP CONTACTING A* THING", "^ WISH? STOP CONTACTING OTHER", "^ STOP calling ME", "TELL A* _ to STOP CONTACTING"}},
			{name: "not_interested", intent: Unclear, patterns: []string{"^ NOT interested", "NOT interested $", "^ no interest", "^ NO A* interest", "lost interest", "uninterested"}},
			{name: "refusal", intent: Unclear, alone: true, patterns: []string{"^ REFUSE $", "^ NO enough $", "^ enough $", "^ thats enough $", "^ that is enough $", "^ enough is enough $", "^ I NO IT $", "^ NOT for ME $", "^ I done $", "^ done with IT $", "^ goodbye $", "^ good bye $", "^ block $", "^ blocked $", "^ I voted"}},
			{name: "go_away", intent: Unclear, patterns: []string{
				"^ go away", "go away $", "^ get lost", "^ piss off", "^ off $", "^ off YOU", "^ buzz off", "^ screw off", "^ screw YOU", "^ YOU $", "^ shut up", "^ get away from ME", "^ bugger off", "^ back off",
			}},
			{name: "complaint", intent: Unclear, patterns: []string{
				"harassment", "YOU keep CONTACTING", "YOU keep SENDING", "still CONTACTING ME", "still SENDING ME", "^ spam $", "reporting as spam", "why are YOU CONTACTING", "why do YOU keep", "why YOU CONTACTING", "why am I SENDING", "^ IT is spam $", "YOU are spam", "why do I keep SENDING", "why I SENDING", "YOU TEXT WHEN", "TEXTS are annoying", "TEXTS is annoying", "IT is SENDING annoying", "how ASKED RECEIVE MINE", "where ASKED RECEIVE MINE", "how ASKED find ME", "I on A* DNC", "NOT live in that", "IT is A* work phone", "IT is A* landline", "IT is A* business phone", "reporting ME", "report ME", "blocking ME", "block ME",
				"YOU are CONTACTING ME", "youre CONTACTING ME", "youre harassing", "too many A* TEXTS", "so many A* TEXTS", "reported as spam", "reported for spam", "reporting YOU", "report YOU", "reported YOU", "report this number",
				"report IT", "reporting IT", "reported IT", "block YOU", "blocking YOU", "YOU are blocked", "I blocking", "blocking IT", "calling A* LAWYER", "contact A* LAWYER", "contacting A* LAWYER", "call A* LAWYER", "talk to A* LAWYER", "hear from A* LAWYER", "contacted A* LAWYER", "sue YOU", "will sue", "going to sue", "gonna sue", "tcpa",
				"fcc", "ftc", "illegal to TEXT", "IT is illegal", "legal action", "never signed up", "NOT sign up", "NOT signed up", "NOT subscribe", "NOT subscribed", "NOT ask for IT", "NOT ask for A* TEXTS", "NOT asked for", "NOT request IT", "NOT requested",
				"NOT give YOU MINE", "NOT gave YOU", "NOT gave CONSENT", "who gave YOU MINE", "how did YOU find ME", "spam ME", "YOU are spamming",
				"NO A* TEXTS", "NO SENDING", "unsolicited", "IT is harassment", "YOU are harassing", "NO CONTACTING",
			}},
			{name: "somebody_elses_number", intent: Unclear, anyone: true, patterns: []string{
				"NOT live here", "no longer lives here", "NOT lives here", "NOT live at", "NOT work here", "NOT works here", "NOT lives at", "NOT here", "NOT my name", "NOT the person", "NOT the right person", "NOT A* right number", "NOT A* correct number",
				"NOT his number", "NOT her number", "NOT their number", "NOT A* number $", "passed away", "OTHER died", "^ _ died", "has died", "I moved", "^ moved $", "NOT have ME", "IT is NOT _ number", "have ME confused", "NOT know who IT is", "NOT know A* _ $", "^ I NOT _ $", "^ NOT _ $", "WRONGPERSON", "NOT at ME", "NOT reachable at", "is dead", "is deceased", "deceased", "has moved $", "moved away", "new owner of MINE", "number changed", "changed numbers", "changed number", "have A* new number",
				"^ this isnt _ $", "^ this is NOT _ $", "^ IT isnt _ $", "no one by that name", "nobody by that name", "no one named", "nobody named", "nobody here named", "no _ here $", "have A* new phone number",
			}},
			{name: "fewer_messages", intent: Unclear, patterns: []string{"fewer TEXTS", "less TEXTS", "less often", "TEXT ME less", "^ only TEXT ME", "^ TEXT ME only", "take A* break from A* TEXTS", "pause A* TEXTS", "snooze A* TEXTS", "mute A* TEXTS", "^ pause $"}},

			{name: "start_again", intent: OptIn, alone: true, patterns: []string{
				"^ WISH? START ME? BACK* $", "^ WISH? START A* TEXTS BACK* $", "^ WISH? START CONTACTING ME? BACK* $", "^ WISH? START SENDING ME? A* TEXTS BACK* $", "^ WISH? START SENDING ME BACK* $",
				"^ WISH? SUBSCRIBE ME? BACK* $", "^ WISH? SUBSCRIBE ME? FORMESSAGES* A* TEXTS $", "^ WISH? SUBSCRIBE FORMESSAGES* A* LIST $", "^ WISH? RESUME CONTACTING? SENDING? ME? A* TEXTS $", "^ WISH? RESUME CONTACTING ME $",
				"^ put ME BACK on A* LIST $", "^ add ME BACK FORMESSAGES* A* LIST? $",
			}},
			{name: "asks_for_help", intent: Help, alone: true, patterns: []string{"^ WISH? HELP HELP* ME? $", "^ need HELP $"}},

			{name: "question", intent: neutral, patterns: []string{
				"^ who is IT $", "^ whos IT $", "^ who are YOU $", "^ who IT $", "^ who dis $", "^ NOT know who IT is $", "^ I NOT know who IT is $", "^ what is IT $", "^ I NOT know YOU $", "^ I NOT know who YOU are $", "^ new phone $", "^ IT is annoying $",
				"^ YOU are annoying $", "^ youre annoying $", "^ idk YOU $", "^ idk who IT is $", "^ REFUSE $", "^ NOT interested $", "^ I NOT interested $", "^ no $",
			}},
		},
	}
}
