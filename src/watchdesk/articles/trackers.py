"""Parameters and fragments that say nothing about the page: the list as of November 2026.

Exact names and prefixes only, so that no parameter that chooses an article is ever lost. `addresses` cuts
them, and decides what else makes two addresses one.
"""

_NAMES = """
    _branch_match_id _ga _gl _hsenc _hsmi _openstat algo_expid aff_id at_campaign at_medium at_link_id
    bbc_medium cmpid ceid cn-reloaded cvid dclid dicbo ef_id efg emci emdi epik fb_action_ids fb_source
    fbclid feature_tracking fromaction gaa_at gaa_n gaa_sig gaa_ts gad_source gbraid gclid gclsrc
    guccounter guce_referrer guce_referrer_sig hsctatracking icid igsh igshid itid linkid mbid mc_cid mc_eid
    mibextid mkt_tok msclkid ncid ocid oly_anon_id oly_enc_id rb_clickid ref_src ref_url
    s_cid s_kwcid sara_ecid sc_campaign sc_channel sc_cid sh_kit share_id sfnsn smid smtyp sref srnd
    amp_gsa amp_js_v usqp
    taid tpcc trk trkid ttclid twclid twitter_impression vero_conv vero_id wbraid wickedid wt.mc_id
    wt_mc xtor yclid ysclid _x_tr_sl _x_tr_tl _x_tr_hl
"""
EXACT = frozenset(_NAMES.split())
"""Whole names, in lower case."""

PREFIXES = (
    "utm_",
    "mtm_",
    "pk_",
    "piwik_",
    "matomo_",
    "hsa_",
    "ns_",
    "stm_",
    "itm_",
    "at_custom",
    "__twitter_",
    "echobox",
    "sa-link",
    "sa-ns_",
)
"""Beginnings of names, in lower case."""

_FURNITURE = """
    comments comment respond commentform commentlist addcomment add-comment kommentare commentaires
    comment-form comments-area comments-section comment-section reply-title leserkommentare
    comentarios commenti reacties komentarze disqus_thread fb-comments
    top page-top content main main-content maincontent contents skip share sharing socials
    rss feed xtor google_vignette ref=rss origin=rss source=rss from=rss
"""
FRAGMENTS = frozenset(_FURNITURE.split())
"""Whole fragments that name the furniture of a page, in lower case."""

ROUTES = ("!/", "/", "!")
"""Beginnings of fragments that are paths within a web application, and so name a page."""

AMP = {
    "amp": {"", "1", "true"},
    "outputtype": {"amp", "amp-type"},
    "output": {"amp"},
    "noamp": {"mobile", "available"},
}
"""Parameters that only switch the AMP view on or off: name → values."""
