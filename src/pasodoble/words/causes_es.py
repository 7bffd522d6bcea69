"""Every cause in Spanish: its title, what it means, how to mend it."""

from __future__ import annotations

CAUSES: dict[str, tuple[str, str, str]] = {
    "association.limit_reached": (
        "Demasiadas asociaciones",
        "HubSpot solo permite un número de asociaciones de este tipo por registro, y este ya las tiene todas.",
        "Quita del registro de HubSpot las asociaciones que sobren y reintenta.",
    ),
    "association.waiting_for_other": (
        "A la espera del otro registro",
        "Este registro remite a otro que aún no se ha sincronizado. Se reintenta en cuanto llegue.",
        "Nada. Si persiste, mira el registro al que espera.",
    ),
    "association.reference_missing": (
        "Apunta a un registro que no existe",
        "Un campo de búsqueda nombra un registro eliminado o que nunca existió en el otro lado.",
        "Nada: el registro se vuelve a leer. Si reaparece, corrige la búsqueda en Salesforce.",
    ),
    "association.wrong_type": (
        "Apunta a un registro de otra clase",
        "Un campo de búsqueda recibió el id de un registro de otro objeto.",
        "Comprueba en la asignación qué objeto admite esa búsqueda.",
    ),
    "association.dependent_records": (
        "Otros registros dependen de él",
        "Salesforce no elimina un registro del que cuelgan otros.",
        "Elimina o mueve en Salesforce los registros dependientes, o déjalo donde está.",
    ),
    "salesforce.validation_rule": (
        "Una regla de validación de Salesforce lo rechaza",
        "Una regla de tu administrador de Salesforce rechaza el registro tal como quedaría. Su texto está abajo.",
        "Haz que los valores cumplan la regla, o exime al usuario de integración; después, reintenta.",
    ),
    "salesforce.trigger": (
        "Falló un desencadenador de Salesforce",
        "Código Apex de tu organización de Salesforce detuvo la escritura.",
        "Enseña el texto de abajo a tu administrador de Salesforce y reintenta cuando esté arreglado.",
    ),
    "salesforce.flow": (
        "Falló un flujo de Salesforce",
        "Un flujo o proceso de tu organización de Salesforce detuvo la escritura.",
        "Abre en Salesforce el informe de error del flujo, arréglalo y reintenta.",
    ),
    "salesforce.automation_busy": (
        "La automatización de Salesforce estaba ocupada",
        "Un bloqueo o un límite de la propia automatización de Salesforce detuvo esta vez la escritura.",
        "Nada: se reintenta.",
    ),
    "duplicate.email_in_use": (
        "La dirección de correo ya está en uso",
        "Otro contacto de HubSpot ya tiene esta dirección, como principal o como adicional.",
        "Combina los dos contactos en HubSpot, o da a uno otra dirección.",
    ),
    "duplicate.salesforce_rule": (
        "Una regla de duplicados de Salesforce lo rechaza",
        "Salesforce toma el registro por duplicado de uno que ya tiene.",
        "Combina los duplicados en Salesforce, o deja que la regla admita al usuario de integración.",
    ),
    "duplicate.value": (
        "Un valor único está ocupado",
        "Otro registro ya tiene este valor en un campo cuyos valores no se repiten.",
        "Busca el otro registro por el id de abajo y corrige uno de los dos.",
    ),
    "duplicate.external_id": (
        "Un id externo nombra varios registros",
        "Más de un registro de Salesforce tiene el mismo id externo, así que no se puede elegir.",
        "Borra el id externo en todos menos uno.",
    ),
    "duplicate.ambiguous_match": (
        "Coinciden dos registros: ¿cuál es?",
        "Más de un registro del otro lado podría ser este. Pasodoble nunca adivina.",
        "Empareja a mano el correcto, o combina los candidatos.",
    ),
    "duplicate.already_paired": (
        "El que coincide ya tiene pareja",
        "El único registro que coincide ya va al paso con otro.",
        "Combina los duplicados de este lado, o emparéjalos de otro modo.",
    ),
    "duplicate.merged_twin": (
        "Combinado con un registro que tiene pareja",
        "Este registro se combinó con otro que ya va al paso con algo distinto.",
        "Combina también los dos registros del otro lado, o déjalos separados.",
    ),
    "permission.object": (
        "Sin acceso al objeto",
        "El usuario de integración no puede leer, crear o editar este objeto.",
        "Concede el permiso de objeto en Salesforce y reintenta.",
    ),
    "permission.record": (
        "Sin acceso al registro",
        "El usuario de integración no puede editar este registro, o el registro ya no está.",
        "Comparte el registro con el usuario de integración y reintenta.",
    ),
    "permission.field": (
        "Sin acceso a un campo",
        "La seguridad a nivel de campo lo oculta al usuario de integración o lo hace de solo lectura.",
        "Haz editable el campo para el perfil del usuario de integración, o cambia la regla de la asignación.",
    ),
    "permission.reference": (
        "Sin acceso al registro al que apunta",
        "El usuario de integración no puede usar el registro que nombra un campo de búsqueda.",
        "Comparte ese registro con el usuario de integración.",
    ),
    "permission.scope": (
        "A la app de HubSpot le falta un alcance",
        "La clave o la app no tiene concedido lo que pide esta llamada.",
        "Añade a la clave de servicio o a la app el alcance de abajo y ejecuta pasodoble check.",
    ),
    "permission.user_type": (
        "Clase de usuario de Salesforce inadecuada",
        "La licencia del usuario de integración no permite esto.",
        "Da al usuario de integración una licencia que lo permita.",
    ),
    "permission.marketing_user": (
        "Falta el derecho de usuario de marketing",
        "Solo quienes tienen el derecho de usuario de marketing pueden cambiar campañas.",
        "Marca «Usuario de marketing» en el usuario de integración de Salesforce.",
    ),
    "permission.unseen": (
        "El registro no está a la vista",
        "No se encontró y nada prueba que se eliminara: puede que esté oculto. No se elimina nada por ello.",
        "Deja que el usuario de integración vea el registro, o desvincula la pareja.",
    ),
    "picklist.value_missing": (
        "Un valor no está entre las opciones",
        "A la lista de opciones del otro lado le falta este valor.",
        "Añade la opción en el otro lado, o empareja los dos valores en la asignación.",
    ),
    "picklist.state_or_country": (
        "El estado o el país no está en la lista de Salesforce",
        "Salesforce toma estados y países de su propia lista, y un estado solo junto con su país.",
        "Convierte las propiedades de HubSpot en listas con las opciones de Salesforce, o corrige el valor.",
    ),
    "picklist.status": (
        "Un estado que aquí no existe",
        "El estado no forma parte del proceso de este tipo de registro.",
        "Añádelo al proceso en Salesforce, o empareja los valores en la asignación.",
    ),
    "mapping.field_missing": (
        "Falta un campo asignado",
        "La asignación nombra un campo que no existe o que el usuario conectado no puede ver.",
        "Ejecuta pasodoble check; corrige la asignación o muestra el campo al usuario.",
    ),
    "mapping.object_missing": (
        "Falta un objeto asignado",
        "La asignación nombra un objeto que no existe o que el usuario conectado no puede ver.",
        "Ejecuta pasodoble check; corrige la asignación o concede acceso.",
    ),
    "mapping.type_mismatch": (
        "Los dos campos no encajan",
        "Los valores de un campo no pueden llevarse al otro.",
        "Asigna la propiedad a un campo de tipo compatible.",
    ),
    "mapping.read_only": (
        "El campo no se puede escribir",
        "Es calculado, o lo pone el sistema.",
        "Deja que la regla haga seguir al otro lado, o asigna otro campo.",
    ),
    "mapping.schema_changed": (
        "Un campo cambió bajo la asignación",
        "Un campo, una opción o un permiso no es lo que era. Solo se retiene este campo.",
        "Mira el cambio con pasodoble check y confirma la asignación.",
    ),
    "value.too_long": (
        "El texto es demasiado largo",
        "El valor tiene más caracteres de los que admite el campo del otro lado. No se recorta.",
        "Acorta el valor, o amplía el campo.",
    ),
    "value.invalid_email": (
        "No es una dirección de correo",
        "El otro lado no lo acepta como dirección de correo.",
        "Corrige la dirección.",
    ),
    "value.invalid_number": (
        "No es un número",
        "El campo del otro lado admite números, y esto no lo es.",
        "Corrige el valor.",
    ),
    "value.out_of_range": (
        "El número está fuera de rango",
        "El campo del otro lado es pequeño para este número.",
        "Corrige el número, o amplía el campo.",
    ),
    "value.invalid_date": ("No es una fecha", "El otro lado no lo acepta como fecha.", "Corrige la fecha."),
    "value.malformed_id": (
        "No es un id",
        "Un campo de búsqueda recibió algo que no es un id.",
        "Corrige la búsqueda.",
    ),
    "value.required_missing": (
        "Un campo obligatorio está vacío",
        "Salesforce no guarda el registro sin este campo.",
        "Rellena la propiedad en HubSpot, o pon un valor de relleno en la configuración.",
    ),
    "value.wrong_type": (
        "Un valor de otro tipo",
        "El otro lado no puede leer este valor en este campo.",
        "Corrige el valor, o asigna la propiedad a un campo compatible.",
    ),
    "value.unreadable": (
        "Un valor que no se puede leer",
        "El valor no tiene la forma que promete su tipo.",
        "Corrige el valor donde se guarda.",
    ),
    "value.invalid": (
        "El valor se rechaza",
        "El otro lado rechaza este valor. Su texto está abajo.",
        "Corrige el valor.",
    ),
    "owner.unresolved": (
        "El propietario no se conoce en el otro lado",
        "Ningún usuario activo del otro lado tiene la dirección del propietario.",
        "Crea o activa ese usuario, o elige otro propietario.",
    ),
    "owner.inactive": (
        "El propietario está inactivo",
        "Salesforce no da registros a un usuario inactivo.",
        "Activa el usuario, o elige otro propietario.",
    ),
    "record.converted_lead": (
        "El lead se convirtió",
        "Un lead convertido no se puede editar. La pareja pasa al contacto en que se convirtió.",
        "Nada, si los contactos se sincronizan.",
    ),
    "record.merged": ("El registro se combinó", "Sigue vivo en otro registro, y la pareja lo sigue.", "Nada."),
    "record.deleted": (
        "El registro se eliminó",
        "Se eliminó mientras escribíamos. Ahora se hace lo que la configuración dice de las eliminaciones.",
        "Nada.",
    ),
    "record.changed_meanwhile": (
        "Se editó en el mismo momento",
        "Alguien cambió el registro entre nuestra lectura y nuestra escritura. Se vuelve a leer.",
        "Nada.",
    ),
    "record.locked": ("El registro estaba bloqueado", "Otro proceso retenía el registro.", "Nada: se reintenta."),
    "record.keeps_changing": (
        "Un campo vuelve a cambiar sin parar",
        "Dos automatizaciones se pelean por este campo, así que se deja en paz.",
        "Busca qué escribe el campo en ambos lados, detén una y reintenta.",
    ),
    "conflict.both_changed": (
        "Se editaron los dos lados",
        "El campo cambió en los dos lados desde que coincidían.",
        "Elige el valor correcto.",
    ),
    "limit.rate": ("Demasiado deprisa", "El servicio pidió ir más despacio.", "Nada: se reintenta."),
    "request.timeout": ("Sin respuesta a tiempo", "El servicio tardó demasiado.", "Nada: se reintenta."),
    "request.no_answer": (
        "La respuesta se perdió",
        "Puede que se hiciera o puede que no. Se mira antes de reintentar.",
        "Nada.",
    ),
    "request.batch_rolled_back": (
        "Retenido por culpa de un vecino",
        "Otro registro de la misma petición se rechazó, y este con él.",
        "Nada: se reintenta.",
    ),
    "request.refused": (
        "No se entendió la petición",
        "El servicio no entendió lo que enviamos: un fallo nuestro, o el servicio cambió.",
        "Envía el detalle técnico con pasodoble doctor bundle.",
    ),
    "service.unavailable": (
        "El servicio no está disponible",
        "El servicio no puede responder ahora.",
        "Nada: se reintenta.",
    ),
    "service.migrating": (
        "HubSpot está moviendo la cuenta",
        "La cuenta se está moviendo entre centros de datos; puede durar hasta un día.",
        "Nada: se reintenta.",
    ),
    "unknown": (
        "Error desconocido",
        "El servicio dio una respuesta que no conocemos. Su texto está abajo.",
        "Reintenta; si persiste, envía el detalle técnico.",
    ),
    "suspension.quota": (
        "La cuota de API está agotada",
        "Las llamadas de las últimas 24 horas, de todos los programas, han llegado al límite del proveedor.",
        "Nada: se reanuda solo. pasodoble limits dice cuándo.",
    ),
    "suspension.allotment": (
        "Las llamadas que concedes están agotadas",
        "Pasodoble ha hecho tantas llamadas como permite la configuración.",
        "Espera, o sube el límite en la configuración.",
    ),
    "suspension.api_disabled": (
        "El acceso a la API está desactivado",
        "Al perfil del usuario de integración le falta «API habilitada», o la edición no tiene API.",
        "Marca «API habilitada» en el perfil.",
    ),
    "suspension.permissions": (
        "Faltan permisos de objeto",
        "El usuario de integración no puede leer o editar los objetos que se sincronizan.",
        "Asigna el conjunto de permisos y ejecuta pasodoble check.",
    ),
    "suspension.sign_in": (
        "El inicio de sesión ya no vale",
        "El token se revocó o caducó del todo.",
        "Inicia sesión de nuevo: pasodoble connect.",
    ),
    "suspension.storage_full": (
        "Salesforce está lleno",
        "A la organización no le queda almacenamiento de datos.",
        "Libera espacio, o compra más.",
    ),
    "suspension.org_locked": (
        "La organización está bloqueada",
        "Salesforce ha bloqueado la organización.",
        "Pregunta a Salesforce.",
    ),
    "suspension.outage": (
        "El servicio está averiado",
        "El proveedor comunica una avería.",
        "Nada: se reanuda solo.",
    ),
    "suspension.mapping_missing": (
        "No hay asignación con la que trabajar",
        "Un objeto está activado y nada de su asignación se puede usar.",
        "Ejecuta pasodoble mapping lint.",
    ),
    "suspension.unknown": (
        "Suspendido",
        "El lado se suspendió por un motivo desconocido.",
        "Reintenta y mira el detalle.",
    ),
    "suspension.other_account": (
        "Esta es otra cuenta",
        "El inicio de sesión lleva a otra cuenta u organización que antes. No se escribe nada hasta que alguien lo mire.",
        "Recupera el inicio de sesión anterior, o empieza otra conexión en la configuración.",
    ),
}
