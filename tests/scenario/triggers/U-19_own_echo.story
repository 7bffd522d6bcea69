U-19  Prevention of ping-pong
we do: What we wrote ourselves starts nothing, in whatever spelling it comes back.
standing: better
why: HubSpot's own says nothing of it.

given Ana is a contact in HubSpot with email = ana@vega.example, lastname = "  Ruiz  ", company = Vega, phone = +34 600 111 222
when they sync
and they sync
then Ana is in step
and nothing was started by the last sync of Ana
