package optout

// spanish is how people ask in Spanish: the same readings as in English, in the words of Spain and of America. Folding
// has taken the accents off.
func spanish() language {
	return language{
		locale: "es",
		ignored: "por favor|porfavor|x favor|xfavor|porfa|porfis|pf|favor|le pido|les pido|te pido|gracias|muchas gracias|mil gracias|graciass|de una vez|de una buena vez|de una vez por todas|" +
			"ya|ahora|ahora mismo|ahorita|inmediatamente|de inmediato|cuanto antes|lo antes posible|hola|buenas|buenos dias|buenas tardes|buenas noches|buen dia|señor|señores|señora|" +
			"ok|vale|bueno|disculpe|disculpen|disculpa|perdon|perdone|lo siento|solo|solamente|mas|nunca mas|jamas|y|e|pues|oye|oiga|oigan|amigo|amigos|carajo|coño|joder|maldita sea|mierda|puta|pinche|cabron|cabrones|pendejo|pendejos|hijos de puta|" +
			"amablemente|atentamente|saludos|un saludo|en serio|para siempre|definitivamente|desde ya|otra vez|de nuevo|señorita|tan amable|si es tan amable|urgente|por dios",
		classes: map[string]string{
			"NADA":     "nada|esto|eso|cosas|info|informacion|tonterias|basura|mierdas",
			"THROUGH":  "que|quiero|quisiera|quieren|quiere|a|me|favor|pido|pedir|necesito",
			"STOP":     "stop|deja|deje|dejen|dejad|deja ya|dejen ya|deje ya|dejen de una vez|para|pare|paren|parad|detener|deten|detenga|detengan|parar|dejar|cesen|cese|cesar|dejen d|deja d|deje d|pararan|parele a|parele",
			"STOPBARE": "stop|paren|pare|parad|parar|detenganse|alto|detengan|detener|ya paren|ya pare",
			"END":      "cancela|cancele|cancelen|cancelar|cancelad|anular|anule|anulen|anula|termina|termine|terminen|terminar|finalizar|suspender|suspenda|suspendan|suspende|elimina|elimine|eliminen|eliminar|quita|quite|quiten|quitar",
			"SENDING":  "de enviar|de enviarme|de enviarnos|de mandar|de mandarme|de mandarnos|de escribir|de escribirme|de escribirnos|de molestar|de molestarme|de mensajear|de mensajearme|de textear|de textearme|de contactar|de contactarme|de acosar|de acosarme|de recibir|de llegarme|de spamear|de spamearme|de hostigar|de hostigarme|enviarme|mandarme|escribirme|molestarme|contactarme|los envios|el envio|el envio de|los envios de|envio de|de hacerme llegar|de joder|de joderme|de chingar|de fregar|de fastidiar|de fastidiarme|de insistir|d mandarme|d enviarme|d mandar|d escribirme|d enviar|d molestar",
			"SEND":     "me envien|me envie|me envies|me manden|me mande|me mandes|me escriban|me escriba|me escribas|me escribais|me molesten|me moleste|me molestes|me contacten|me contacte|me contactes|me texteen|me textees|nos envien|nos manden|nos escriban|nos molesten|nos contacten|envien|envie|envies|enviar|enviarme|enviéis|me envieis|mandar|mandarme|manden|mandes|mande|escribir|escribirme|escriban|escriba|escribas|molestar|molestarme|molesten|moleste|molestes|contactar|contactarme|contacten|contactes|textear|texteen|mensajeen|me mensajeen|mensajes de texto",
			"RECEIVE":  "recibir|recibirlos|recibirlas|recibirlo|que me envien|que me manden|que me escriban|que me molesten|que me contacten|que me sigan enviando|que me sigan mandando|que me sigan escribiendo|que me lleguen|seguir recibiendo|estar recibiendo|estar recibiendo estos|que me mandes|que me envies|que me escribas|que manden|que envien",
			"TEXTS":    "mensaje|mensajes|msj|msjs|mensajitos|sms|textos|texto|mensajes de texto|mensajes de ustedes|avisos|alertas|notificaciones|notificacion|publicidad|promociones|promocion|ofertas|propaganda|spam|recordatorios|correos|anuncios|suscripcion|suscripciones|subscripcion|comunicaciones|boletin|boletines|marketing",
			"A":        "el|la|los|las|un|una|estos|estas|este|esta|esos|esas|ese|sus|su|tus|tu|mi|mis|mas|de|del|todos|todo|toda|todas|todos los|todas las|otros|ningun|ninguna|ningunos|tantos|tantas|con|con los|con las|con estos|con esos|con sus|con tus|con tanto|con tantos|a|al|sobre|comerciales|publicitarios|promocionales|politicos|no deseados|no solicitados|tipo de|este tipo de|ese tipo de|texto de",
			"ME":       "a este numero|este numero|este telefono|este celular|este movil|a mi numero|a mi telefono|a mi celular|mi numero|mi celular|mi telefono|mi movil|a mi movil|me|mi|nos|a este",
			"NOT":      "no|nunca|jamas|tampoco|ni|nunca mas|sin",
			"WANT":     "quiero|quisiera|deseo|queremos|deseamos|quiera|me interesa|me interesan|necesito|autorizo|acepto|deseamos|kiero|consiento|doy mi consentimiento para|doy permiso para",
			"WISH":     "quiero|quisiera|deseo|me gustaria|necesito|solicito|pido|exijo|queremos|desearia|pueden|puede|puedes|podrian|podria|podrias|favor de|hagan el favor de|haga el favor de|haz el favor de|les pido que|le pido que|les pido|le pido|les ruego que|les ruego|le ruego|te ruego|quiero que|quisiera que|necesito que|como puedo|como hago para|como|kiero|les agradeceria que|les agradezco|agradeceria que|ruego|solicito que|pido que|exijo que|que|me pueden|me puede|me puedes|me podrian|me podria|se puede",
			"UNSUB":    "dar de baja|darme de baja|darnos de baja|deme de baja|denme de baja|dame de baja|me den de baja|me de de baja|me des de baja|dadme de baja|darse de baja|me doy de baja|me quiero dar de baja|darme baja|dame baja|denme baja|la baja|mi baja|desuscribir|desuscribirme|desuscribanme|desuscribirse|desuscribeme|desuscribame|anular mi suscripcion|anular suscripcion|cancelar suscripcion|cancelar mi suscripcion|cancelar la suscripcion|cancelen mi suscripcion|cancele mi suscripcion|cancela mi suscripcion|anulen mi suscripcion|retirar mi consentimiento|retiro mi consentimiento|revoco mi consentimiento|revocar mi consentimiento|desinscribirme|salirme de la lista|salir de la lista|salirme de esta lista|salir de esta lista|salirme de su lista|no me interesa recibir",
			"REMOVE":   "quitame|quitenme|quiteme|quitadme|eliminame|eliminenme|elimineme|borrame|borrenme|borreme|borradme|sacame|saquenme|saqueme|sacadme|remuevanme|remuevame|remueveme|retirenme|retireme|excluyanme|excluyame|quitarme|eliminarme|borrarme|sacarme|excluirme|removerme|me quiten|me eliminen|me borren|me saquen|me saque|me quite|me borre|me elimine|saquen|saque|quiten|quite|eliminen|elimine|borren|borre|borra|elimina|quita|saca|eliminar|borrar|quitar|sacar|remover",
			"REMOVEME": "quitame|quitenme|quiteme|eliminame|eliminenme|elimineme|borrame|borrenme|borreme|sacame|saquenme|saqueme|sacadme|quitadme|borradme|quitarme|eliminarme|borrarme|sacarme|me quiten|me eliminen|me borren|me saquen",
			"MINE":     "mi numero|este numero|mi telefono|mi celular|mi movil|mi contacto|mis datos|mi nombre|mi num|este telefono|mi numero de telefono|mi nro|mi linea",
			"LIST":     "de la lista|de su lista|de esta lista|de tu lista|de sus listas|de las listas|de la base de datos|de su base de datos|de sus contactos|de tus contactos|de su sistema|de esto|de aqui|de ahi|de la lista de contactos|de su lista de contactos|de su lista de mensajes|de este grupo|de la lista de envio|de sus registros|de su directorio|de la lista de difusion|de todas sus listas|del sistema|de sus bases de datos|de esta base de datos|de su agenda|de esa lista|de esas listas",
			"ALONE":    "dejame en paz|dejenme en paz|dejeme en paz|dejadme en paz|dejame tranquilo|dejenme tranquilo|dejenme tranquila|dejame tranquila|dejeme tranquilo|dejeme tranquila|no me molesten|no me jodan|no jodan|no jodas",
			"WRONG":    "numero equivocado|equivocado de numero|equivocados de numero|se equivoco de numero|se equivocaron de numero|numero incorrecto|numero erroneo|te equivocaste de numero|se ha equivocado de numero|se han equivocado de numero|te has equivocado de numero|estan equivocados de numero|esta equivocado de numero|se equivocaron de persona|se equivoco de persona|no es el numero correcto|este no es el numero",
			"OTHER":    "el no|ella|ellos|ellas|mi ex|mi novio|mi novia|mi esposo|mi esposa|mi marido|mi mujer|mi hijo|mi hija|mi mama|mi papa|mi madre|mi padre|mi hermano|mi hermana|mi jefe|mi amigo|mi amiga|mis amigos|alguien|nadie|ex",
			"I":        "yo|nosotros",
			"YOU":      "usted|ustedes|tu|vosotros|uds|ud|ustds",
			"IF":       "si|cuando|hasta que|antes de|despues de|mientras|a menos que|en cuanto",
			"WHEN":     "hasta|antes|despues|cuando|mientras|tan temprano|tan tarde|a esta hora|a estas horas|de noche|por la noche|en la noche|los domingos|por hoy|por ahora|hoy|tan seguido|tanto|tantos|a cada rato|todo el dia|a menos|salvo|excepto|solo si",
			"START":    "iniciar|reanudar|empezar|empiecen|empiecen de nuevo|start|suscribirme|suscribirme de nuevo|suscribanme|suscribeme|suscribame|darme de alta|dar de alta|denme de alta|deme de alta|alta|reactivar|reactivar mi suscripcion|volver a suscribirme|volver a recibir mensajes|volver a recibir|vuelvan a enviarme mensajes|vuelvan a mandarme mensajes",
			"HELP":     "ayuda|ayudame|ayudenme|ayudeme|auxilio",
			"REFUSE":   "no gracias|no muchas gracias|no me interesa|no me interesan|no estoy interesado|no estoy interesada|no interesado|no interesada",
		},
		readings: []reading{
			{name: "stop_contacting_me", intent: OptOut, patterns: []string{"STOP A* SENDING", "STOP SENDING A* TEXTS", "END SENDING A* TEXTS", "END SENDING", "STOP A* TEXTS $", "STOPBARE A* TEXTS $", "STOP SENDING ME", "STOP SENDING A* NADA", "STOP A* SENDING NADA"}},
			{name: "stop_messages", intent: OptOut, patterns: []string{"END A* TEXTS", "END A* suscripcion"}},
			{name: "do_not_contact", intent: OptOut, patterns: []string{"NOT SEND A* TEXTS", "NOT SEND A* NADA", "NOT SEND ME", "NOT SEND $", "NOT me SEND $", "NOT me SEND A* TEXTS", "NOT vuelvan a SEND", "NOT vuelva a SEND", "NOT vuelvas a SEND", "NOT me vuelvan a SEND", "NOT me vuelva a SEND", "NOT me vuelvas a SEND", "WISH NOT SEND $", "NOT SEND ni", "NOT me llamen ni SEND"}},
			{name: "remove_me", intent: OptOut, patterns: []string{"REMOVEME $", "REMOVE ME? LIST", "REMOVE A* MINE", "REMOVEME LIST", "REMOVE LIST", "^ ME LIST $", "END A* MINE LIST", "END A* MINE $"}},
			{name: "unsubscribe", intent: OptOut, patterns: []string{"^ UNSUB $", "WISH UNSUB", "^ UNSUB LIST", "^ UNSUB A* TEXTS", "UNSUB A* TEXTS", "^ UNSUB", "WISH salir LIST", "WISH salirme LIST", "salirme LIST", "WISH la UNSUB"}},
			{name: "no_more_messages", intent: OptOut, patterns: []string{"NOT A* TEXTS $", "^ A* TEXTS NOT $", "NOT A* TEXTS LIST", "basta A* TEXTS", "^ ni A* TEXTS"}},
			{name: "messages_not_wanted", intent: OptOut, patterns: []string{"NOT WANT RECEIVE", "NOT WANT A* TEXTS $", "NOT WANT SEND", "NOT WANT A* mensajes", "NOT WANT A* sms", "NOT WANT A* publicidad", "NOT WANT A* promociones", "NOT WANT A* alertas", "NOT WANT A* notificaciones", "NOT me interesa RECEIVE", "NOT me interesan A* TEXTS", "NOT me gusta RECEIVE", "NOT WANT que", "NOT RECEIVE A* TEXTS"}},
			{name: "leave_me_alone", intent: OptOut, patterns: []string{"ALONE"}},
			{name: "wrong_number", intent: OptOut, patterns: []string{"WRONG"}},
			{name: "consent_revoked", intent: OptOut, patterns: []string{"retiro mi consentimiento", "revoco mi consentimiento", "retirar mi consentimiento", "revocar mi consentimiento"}},
			{name: "stop", intent: OptOut, alone: true, patterns: []string{"^ WISH? STOPBARE STOPBARE* A* TEXTS* $"}},
			{name: "how_to_stop", intent: OptOut, patterns: []string{"WISH dejo SENDING", "WISH dejar SENDING", "WISH cancelar A* TEXTS", "WISH parar A* TEXTS", "WISH detener A* TEXTS"}},

			{name: "cancel_or_end", intent: Unclear, alone: true, patterns: []string{"^ WISH? END A* $", "^ END TEXTS $"}},
			{name: "condition", intent: Unclear, patterns: []string{"^ STOPBARE WHEN"}},
			{name: "stop_with_more", intent: Unclear, alone: true, patterns: []string{"^ stop _ $"}},
			{name: "refusal", intent: Unclear, patterns: []string{"^ REFUSE $", "^ ya estuvo $", "^ basta $", "^ suficiente $"}},
			{name: "complaint", intent: Unclear, patterns: []string{"acoso", "ustedes otra", "por que me siguen", "porque me siguen", "por que siguen", "por que me SEND", "porque me SEND", "por que me escriben", "porque me escriben", "por que me mandan", "porque me mandan", "por que me envian", "porque me envian", "esto es spam", "es spam", "los voy a denunciar", "voy a denunciar", "denunciar", "demandar", "mi abogado", "abogado", "bloquear", "bloqueado", "los bloqueo", "NOT me suscribi", "NOT me he suscrito", "nunca me suscribi", "NOT pedi", "NOT solicite", "nunca pedi", "nunca solicite", "de donde sacaron MINE", "como consiguieron MINE", "quien les dio MINE", "demasiados TEXTS", "muchos TEXTS", "NOT autorice"}},
			{name: "somebody_elses_number", intent: Unclear, anyone: true, patterns: []string{"NOT soy _ $", "^ A* NOT es _ $", "NOT vive aqui", "NOT vive aca", "NOT trabaja aqui", "NOT es mi nombre", "NOT es MINE", "NOT es su numero", "NOT es el numero", "fallecio", "murio", "NOT la conozco", "NOT lo conozco", "NOT conozco a", "este numero NOT"}},
			{name: "go_away", intent: Unclear, patterns: []string{"^ vayanse", "^ largo", "^ vete", "^ larguense", "vayanse a", "vete a"}},

			{name: "start_again", intent: OptIn, alone: true, patterns: []string{"^ WISH? START A* TEXTS* LIST? $"}},
			{name: "asks_for_help", intent: Help, alone: true, patterns: []string{"^ HELP HELP* $"}},
			{name: "question", intent: neutral, patterns: []string{"^ quien es $", "^ quien eres $", "^ quienes son $", "^ quien es usted $", "^ quien habla $", "^ NOT se quien es $", "^ NOT se quien eres $", "^ quien es este $", "^ NOT los conozco $", "^ REFUSE $"}},
		},
	}
}
