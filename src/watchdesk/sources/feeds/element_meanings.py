"""Names of elements that feedparser gives a meaning, as `element_names` spells them.

Written down from its handlers and from the keys that are read of its entries; a test compares.
"""

_UNREAD = """
    cc_license cloud copyright created dc_contributor dc_publisher dc_rights dcterms_created dcterms_valid
    expirationdate feedburner_browserfriendly generator georss_box georss_line georss_point georss_polygon
    info itunes_image itunes_link itunes_subtitle media_credit media_license media_player media_rating
    media_restriction media_thumbnail rights subtitle tagline webmaster
"""
UNREAD = frozenset(_UNREAD.split())
"""Elements that feedparser has a use for and we have none."""
_READ_OR_REFUSED = """
    abstract author authors body category channel content content_encoded contributor contributors
    creativecommons_license date dc_author dc_creator dc_date dc_description dc_language dc_subject dc_title
    dcterms_issued dcterms_modified description email enclosure enclosures entries entry feed
    feedburner_origlink fullitem georss_where georssgeom gml_exterior gml_linearring gml_linestring gml_point
    gml_polygon gml_pos gml_poslist guid height homepage id image issued item items itunes_author
    itunes_category itunes_email itunes_keywords itunes_name itunes_owner itunes_summary keywords language
    lastbuilddate link links managingeditor media_category media_content media_description media_group
    media_keywords media_title modified name newlocation psc_chapter psc_chapters pubdate published rss source
    summary svg math tags textinput title updated uri url where width xhtml_body
"""
MEANT = UNREAD | frozenset(_READ_OR_REFUSED.split())
"""Every name with a meaning; an element with another is passed over, but not what it holds."""
