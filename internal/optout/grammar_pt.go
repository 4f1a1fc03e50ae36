package optout

// portuguese is how people ask in Portuguese, in Brazil and in Portugal. Folding has taken the accents off.
func portuguese() language {
	return language{
		locale: "pt",
		ignored: "por favor|pfv|pfvr|pf|porfavor|favor|por gentileza|por obsequio|obrigado|obrigada|obg|obrigadao|vlw|valeu|grato|grata|desde ja agradeco|agradeco|oi|ola|bom dia|boa tarde|boa noite|senhor|senhora|senhores|ok|ta|ta bom|desculpe|desculpa|so|apenas|ja|agora|agora mesmo|imediatamente|de imediato|o quanto antes|" +
			"o mais rapido possivel|de uma vez|de uma vez por todas|para sempre|pra sempre|definitivamente|mais|nunca mais|e|porra|caralho|merda|puta|cacete|inferno|pelo amor de deus|pelamor|pelo amor|gente|moco|moca|amigo|amigos|cara|serio|de novo|novamente|atenciosamente|att|urgente|nunca",
		classes: map[string]string{
			"THROUGH":  "que|quero|queria|queremos|gostaria|a|me|peco|preciso",
			"STOP":     "stop|pare|parem|para|parar|pare ja|parem ja|deixe|deixem|deixa|deixar|cesse|cessem|cessar|chega de|basta de|para d|pare d|parem d",
			"STOPBARE": "stop|pare|parem|parar|para com isso|parem com isso|pare com isso|parar com isso|chega disso|pare isso",
			"END":      "cancela|cancele|cancelem|cancelar|encerrar|encerre|encerrem|finalizar|finalize|terminar|termine|anular|anule|suspender|suspenda|suspendam|excluir|interromper|interrompa|interrompam|bloquear o envio de|cancelo|paro",
			"SENDING":  "de enviar|de me enviar|de mandar|de me mandar|de escrever|de me escrever|de incomodar|de me incomodar|de perturbar|de me perturbar|de encher|de me encher|de contatar|de me contatar|de contactar|de me contactar|de me contactarem|de mandar mensagem|de mandar mensagens|de me mandar mensagem|de me mandar mensagens|de receber|de me ligar e|de spamar|me enviar|me mandar|enviar|mandar|o envio|o envio de|os envios|os envios de|envio de|envios de|com o envio de|de encher o saco|de encher meu saco|de importunar|de me importunar|de chatear|de me chatear|de me assediar|de mandar isso|de mandar isto|de me mandarem|de enviarem|d mandar|d enviar|d me mandar",
			"SEND":     "me mande|me mandem|me manda|me envie|me enviem|me envia|me enviar|me mandar|mande|mandem|envie|enviem|enviar|mandar|me escreva|me escrevam|escreva|escrevam|escrever|me incomode|me incomodem|me incomodar|incomode|incomodem|incomodar|me perturbe|me perturbem|perturbe|perturbem|perturbar|me contate|me contatem|me contacte|me contactem|me contactar|contactem|contatem|me chateiem|me mandes|me envies|mandem me|enviem me|me importune|me importunem|enviem mensagens|mandem mensagens|me procurem|contactar|contatar",
			"RECEIVE":  "receber|receber mais|recebe|que me enviem|que me mandem|que me escrevam|que me incomodem|que me contatem|que me contactem|continuar recebendo|continuar a receber|ficar recebendo|ser contatado|ser contatada|ser contactado|ser contactada|ser incomodado|ser incomodada|que mandem|que enviem|receber esse|receber estes",
			"TEXTS":    "mensagem|mensagens|msg|msgs|mensagen|mensages|mesagens|sms|torpedo|torpedos|texto|textos|alerta|alertas|notificacao|notificacoes|avisos|propaganda|propagandas|publicidade|promocao|promocoes|ofertas|spam|lembretes|anuncios|inscricao|assinatura|subscricao|comunicacao|comunicacoes|informativos|newsletter|nada|isso|isto|marketing|campanhas|contato|contatos|mensagens de texto|sms promocionais|emails",
			"A":        "o|a|os|as|um|uma|este|esta|estes|estas|esse|essa|esses|essas|seus|suas|seu|sua|teu|tua|vossas|vossos|minha|meu|mais|de|da|do|das|dos|todos|todas|todos os|todas as|outros|outras|nenhum|nenhuma|tanto|tanta|tantas|tantos|com|com as|com os|com essas|com esses|com estas|com estes|com suas|com tanta|com tantas|desse|dessa|desses|dessas|destas|destes|deste|desta|disso|disto|suas proprias|promocionais|publicitarias|indesejadas|nao solicitadas|tipo de|esse tipo de|este tipo de|desse tipo|politicas|por",
			"ME":       "para este numero|para esse numero|este numero|esse numero|para o meu numero|pro meu numero|meu numero|para meu numero|meu celular|no meu celular|meu telefone|no meu telefone|meu telemovel|no meu telemovel|para mim|pra mim|me",
			"NOT":      "nao|n|nunca|jamais|nem|ñ|naum|sem",
			"WANT":     "quero|queria|desejo|gostaria|gostaria de|queremos|tenho interesse em|tenho interesse|preciso|aceito|autorizo|pretendo|estou interessado em|estou interessada em|consinto|consinto em|qro|kero",
			"WISH":     "quero|queria|desejo|gostaria|gostaria de|preciso|solicito|peco|exijo|peco que|solicito que|quero que|gostaria que|podem|pode|poderia|poderiam|voces podem|voce pode|podes|como faco para|como faco pra|como|como eu|como posso|tem como|da para|da pra|favor|queira|queiram|pretendo|venho solicitar|venho pedir|me ajude a|onde|faz favor de|facam o favor de",
			"UNSUB":    "descadastrar|me descadastrar|descadastre|descadastrem|descadastre me|descadastrem me|me descadastre|me descadastrem|descadastramento|descadastro|cancelar inscricao|cancelar minha inscricao|cancelar a inscricao|cancele minha inscricao|cancelem minha inscricao|cancelar assinatura|cancelar minha assinatura|cancelar a assinatura|cancele minha assinatura|cancelar a subscricao|cancelar subscricao|anular subscricao|anular a subscricao|desinscrever|me desinscrever|desinscreva me|me desinscreva|desinscricao|desinscrever me|sair da lista|sair desta lista|sair dessa lista|sair da sua lista|quero sair|desejo sair|gostaria de sair|quero sair da lista|revogo meu consentimento|revogo o meu consentimento|retiro meu consentimento|retiro o meu consentimento|revogar meu consentimento|unsubscribe|descadastrar meu numero|dar baixa|dar baixa no meu numero|sair do grupo|sair desse grupo",
			"REMOVE":   "me remova|me removam|me remove|remova me|removam me|remova|removam|remover|remove|me retire|me retirem|retire me|retirem me|retire|retirem|retirar|me tire|me tirem|me tira|tire me|tirem me|tire|tirem|tira|tirar|me exclua|me excluam|exclua me|exclua|excluam|excluir|me apague|apague|apaguem|apagar|me delete|delete|deletem|deletar|elimine|eliminem|eliminar|esqueca|esquecam|me tirar|me remover|me retirar|me excluir|removam o|removem|retirem o|tirem o",
			"REMOVEME": "me remova|me removam|me remove|remova me|removam me|me retire|me retirem|retire me|retirem me|me tire|me tirem|me tira|tirem me|me exclua|me excluam|me apague",
			"MINE":     "meu numero|este numero|esse numero|o meu numero|meu telefone|meu celular|meu telemovel|o meu contacto|meu contato|meus dados|os meus dados|meu nome|meu cadastro|meu n|o numero|o meu nome|o meu telefone|meu zap",
			"LIST":     "da lista|desta lista|dessa lista|da sua lista|da vossa lista|das listas|de sua lista|das suas listas|da lista de contatos|da sua lista de contatos|da base de dados|do banco de dados|do seu banco de dados|da sua base de dados|da vossa base de dados|do sistema|do seu sistema|do cadastro|do seu cadastro|dos seus contatos|dos contatos|do grupo|desse grupo|da lista de envio|da lista de transmissao|dessa lista de transmissao|de suas listas|de todas as listas|do mailing|desse mailing|da agenda|daqui|disso|do cadastro de voces|da lista de voces|do vosso sistema",
			"ALONE":    "me deixe em paz|me deixem em paz|me deixa em paz|deixem me em paz|deixe me em paz|deixa me em paz|me deixe quieto|me deixa quieto|me deixem quieto|me deixe quieta|me esquece|me esquecam|me esqueca|larga do meu pe|larguem do meu pe|nao encham|nao enche|nao encha|me larga|nao me encham o saco|nao enche o saco",
			"WRONG":    "numero errado|numero incorreto|numero enganado|pessoa errada|engano|foi engano|e engano|enganou se no numero|enganaram se no numero|enganou se de numero|enganaram se de numero|no numero errado|errou o numero|erraram o numero|nao e o numero certo|esse numero nao e|este numero nao e|errou de numero|contato errado|numero trocado|o numero errado",
			"OTHER":    "ele|ela|eles|elas|meu ex|minha ex|meu namorado|minha namorada|meu marido|minha esposa|minha mulher|meu filho|minha filha|minha mae|meu pai|meu irmao|minha irma|meu chefe|meu amigo|minha amiga|meus amigos|alguem|ninguem|ex",
			"I":        "eu|nos",
			"YOU":      "voce|voces|vc|vcs|o senhor|a senhora|vos",
			"IF":       "se|quando|ate|antes de|depois de|enquanto|a menos que|assim que",
			"WHEN":     "ate|antes|depois|quando|enquanto|tao cedo|tao tarde|a noite|de noite|de madrugada|no domingo|aos domingos|por enquanto|por hoje|hoje|tanto|tantas vezes|toda hora|todo dia|o dia todo|o tempo todo|a menos|exceto|salvo|nesse horario|a essa hora|nesta hora|a esta hora",
			"START":    "start|iniciar|reiniciar|recomecar|voltar a receber|voltar a receber mensagens|reativar|reativar minha inscricao|me inscrever|inscrever me|me inscreva|me inscrevam|inscrever|quero me inscrever|cadastrar|me cadastrar|me cadastre|aderir",
			"HELP":     "ajuda|me ajude|me ajudem|me ajuda|ajudem me|socorro|preciso de ajuda",
			"REFUSE":   "nao obrigado|nao obrigada|sem interesse|nao tenho interesse|nao estou interessado|nao estou interessada|nao me interessa|dispenso",
		},
		readings: []reading{
			{name: "stop_contacting_me", intent: OptOut, patterns: []string{"STOP A* SENDING", "STOP A* TEXTS", "STOP SENDING A* TEXTS", "END SENDING", "STOPBARE A* TEXTS"}},
			{name: "stop_messages", intent: OptOut, patterns: []string{"END A* TEXTS", "END SENDING A* TEXTS"}},
			{name: "do_not_contact", intent: OptOut, patterns: []string{"NOT SEND A* TEXTS", "NOT SEND ME", "^ NOT SEND", "NOT me SEND", "NOT SEND $", "NOT entre em contato", "NOT entrem em contato", "NOT entre em contacto", "NOT entrem em contacto", "NOT voltem a SEND", "NOT volte a SEND", "NOT precisa SEND", "WISH NOT SEND", "NOT me SEND A* TEXTS"}},
			{name: "remove_me", intent: OptOut, patterns: []string{"REMOVEME $", "REMOVE A* MINE", "REMOVE LIST", "REMOVE ME LIST", "REMOVEME LIST", "WISH ser removido LIST", "WISH ser removida LIST", "WISH ser removido $", "WISH ser retirado LIST", "END A* MINE LIST"}},
			{name: "unsubscribe", intent: OptOut, patterns: []string{"UNSUB"}},
			{name: "no_more_messages", intent: OptOut, patterns: []string{"^ NOT A* TEXTS $", "^ A* TEXTS NOT $", "^ NOT A* mensagens"}},
			{name: "messages_not_wanted", intent: OptOut, patterns: []string{"NOT WANT RECEIVE", "NOT WANT SEND", "NOT WANT A* mensagem", "NOT WANT A* mensagens", "NOT WANT A* msg", "NOT WANT A* sms", "NOT WANT A* propaganda", "NOT WANT A* contato", "NOT WANT A* promocoes", "NOT WANT A* msgs", "NOT WANT A* alertas", "NOT WANT A* spam", "NOT WANT que", "NOT WANT a RECEIVE"}},
			{name: "leave_me_alone", intent: OptOut, patterns: []string{"ALONE"}},
			{name: "wrong_number", intent: OptOut, patterns: []string{"WRONG"}},
			{name: "stop", intent: OptOut, alone: true, patterns: []string{"^ WISH? STOPBARE STOPBARE* A* $", "^ REMOVEME $"}},

			{name: "cancel_or_end", intent: Unclear, alone: true, patterns: []string{"^ WISH? END A* TEXTS? $"}},
			{name: "condition", intent: Unclear, patterns: []string{"^ STOPBARE WHEN"}},
			{name: "stop_with_more", intent: Unclear, alone: true, patterns: []string{"^ stop _ $"}},
			{name: "refusal", intent: Unclear, patterns: []string{"^ REFUSE $", "^ ja deu $", "^ chega $", "^ basta $", "^ ja chega $"}},
			{name: "complaint", intent: Unclear, patterns: []string{"assedio", "isso e spam", "e spam", "por que me mandam", "por que YOU continuam", "por que continuam", "por que YOU me", "porque YOU me", "por que estou recebendo", "porque estou recebendo", "NOT me inscrevi", "nunca me inscrevi", "NOT me cadastrei", "nunca me cadastrei", "NOT pedi", "nunca pedi", "NOT solicitei", "NOT autorizei", "denunciar", "processar", "advogado", "procon", "anatel", "bloquear", "bloqueado", "vou bloquear", "como conseguiram MINE", "onde conseguiram MINE", "muitas TEXTS", "lgpd"}},
			{name: "somebody_elses_number", intent: Unclear, anyone: true, patterns: []string{"NOT sou _ $", "^ aqui NOT A* _ $", "NOT sou a _ $", "NOT sou o _ $", "NOT mora aqui", "NOT mora", "NOT trabalha aqui", "NOT e MINE", "faleceu", "morreu", "NOT conheco _ $", "mudou de numero", "NOT e mais dele", "NOT e mais dela", "NOT e o numero"}},
			{name: "go_away", intent: Unclear, patterns: []string{"^ vao se", "^ vai se", "^ some daqui", "^ sumam", "^ vai embora"}},

			{name: "start_again", intent: OptIn, alone: true, patterns: []string{"^ WISH? START A* TEXTS* LIST? $"}},
			{name: "asks_for_help", intent: Help, alone: true, patterns: []string{"^ HELP HELP* $"}},
			{name: "question", intent: neutral, patterns: []string{"^ quem e $", "^ quem e voce $", "^ quem sao YOU $", "^ quem fala $", "^ quem esta falando $", "^ NOT conheco YOU $", "^ NOT sei quem e $", "^ quem e YOU $", "^ REFUSE $"}},
		},
	}
}
