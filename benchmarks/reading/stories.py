"""Stories of our own writing, in the languages of the pages that are made of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """What a page tells, and what else stands on it."""

    language: str
    headline: str
    standfirst: str
    paragraphs: tuple[str, ...]
    teaser: str
    """A link to another article."""
    call: str
    """What the site asks of its readers."""
    other: str
    """The headline of another article."""


STORIES = (
    Story(
        "en",
        "Island ferry returns after nine weeks in dry dock",
        "Engineers replaced both shafts, and the crossing is again half an hour shorter",
        (
            "The ferry Maren left the yard on Tuesday morning and was back at the island pier before noon.",
            "For nine weeks its passengers had gone by two fishing boats, twelve people at a time.",
            "The shafts had been bent when the ship struck a drifting trunk in the first gale of the autumn.",
            "The county pays for the repair, said the councillor, because the ship is its only road.",
            "Islanders want a second ship all the same, and have collected four hundred names for it.",
            "The council will answer them in January, when the budget of the coming year is settled.",
        ),
        "Read more: Old lighthouse sold to a school",
        "Subscribe to our newsletter for the news of the islands",
        "Seal counted twice in one bay",
    ),
    Story(
        "de",
        "Stadtrat verschiebt den Bau der Markthalle",
        "Nach dem Gutachten zum Grundwasser will die Stadt erst im Herbst wieder entscheiden",
        (
            "Der Stadtrat hat den Bau der Markthalle am Mittwochabend mit knapper Mehrheit verschoben.",
            "Ein Gutachten hatte gezeigt, dass das Grundwasser unter dem Platz höher steht als gedacht.",
            "Die Händler reagierten enttäuscht, denn sie verkaufen seit drei Jahren in Zelten am Bahnhof.",
            "Der Kämmerer rechnet mit zwei Millionen Euro mehr, falls tiefer gegründet werden muss.",
            "Die Grünen schlagen vor, die Halle auf dem alten Güterbahnhof zu bauen, der der Stadt gehört.",
            "Im Herbst soll der Rat zwischen beiden Plätzen wählen und danach sofort ausschreiben.",
        ),
        "Lesen Sie auch: Brücke am Wehr bleibt gesperrt",
        "Abonnieren Sie unseren Newsletter mit den Nachrichten der Region",
        "Hochwasser erreicht die Altstadt",
    ),
    Story(
        "fr",
        "La commune rachète le dernier moulin de la vallée",
        "Les habitants ont réuni en un mois la moitié de la somme demandée par le propriétaire",
        (
            "Le conseil municipal a voté lundi soir l'achat du moulin, fermé depuis la mort du meunier.",
            "La moitié de la somme vient des habitants, qui ont donné en un mois plus que prévu.",
            "Le propriétaire avait d'abord voulu vendre à une société qui cherchait des chambres d'hôtel.",
            "Une boulangère du village louera la salle basse et y fera moudre le blé des fermes voisines.",
            "La roue doit encore être refaite, et les charpentiers demandent deux hivers pour ce travail.",
            "Le maire espère ouvrir la cour au public dès le mois de juin, pour la fête de la vallée.",
        ),
        "À lire aussi : Le vieux pont rouvre aux piétons",
        "Abonnez-vous à notre infolettre pour suivre la vallée",
        "Neige tardive sur les vergers",
    ),
    Story(
        "es",
        "El puerto estrena una grúa que no necesita gasóleo",
        "La máquina trabaja con la corriente del muelle y pesa la mitad que la anterior",
        (
            "El puerto puso en marcha el jueves una grúa eléctrica que sustituye a la de hace cuarenta años.",
            "La máquina toma la corriente del muelle y descarga un barco en la mitad del tiempo de antes.",
            "Los estibadores pidieron cursos para manejarla, y la empresa los pagará todo el invierno.",
            "El coste fue de nueve millones, de los cuales un tercio procede de un fondo de la provincia.",
            "Los vecinos del barrio celebran que se acabe el ruido que oían desde las cinco de la mañana.",
            "Una segunda grúa llegará en marzo si el tráfico de cereal se mantiene como hasta ahora.",
        ),
        "Lea también: El mercado de pescado cambia de horario",
        "Suscríbete a nuestro boletín y recibe las noticias en tu e-mail",
        "Un faro sin farero",
    ),
    Story(
        "pl",
        "Gmina otwiera szkołę, którą zamknęła dziesięć lat temu",
        "Do pierwszej klasy zapisano dwadzieścioro dzieci, a autobus jeździł po nie czterdzieści minut",
        (
            "Wójt otworzył w poniedziałek szkołę, którą jego poprzednik zamknął z braku uczniów.",
            "Do pierwszej klasy zapisano dwadzieścioro dzieci, najwięcej od czasu budowy nowego osiedla.",
            "Rodzice przez trzy lata zbierali podpisy i sami pomalowali korytarze oraz salę gimnastyczną.",
            "Remont dachu kosztował prawie milion złotych, z czego połowę zapłaciło województwo.",
            "Nauczycieli szukano aż do sierpnia, bo w okolicy brakuje mieszkań do wynajęcia.",
            "Od września ma działać także stołówka, w której gotować będzie koło gospodyń.",
        ),
        "Czytaj też: Most na rzece będzie zamknięty do wiosny",
        "Zapisz się na nasz newsletter z wiadomościami z gminy",
        "Bociany wróciły wcześniej",
    ),
    Story(
        "uk",
        "Громада відновила млин, що стояв без роботи двадцять років",
        "Гроші зібрали всім селом, а жорна привезли із сусідньої області",
        (
            "У неділю в селі знову запрацював млин, який зупинили двадцять років тому через повінь.",
            "Половину грошей дали мешканці, решту додала обласна рада з фонду малих громад.",
            "Жорна привезли із сусідньої області, де їх зберігав музей народних ремесел.",
            "Мельником буде вчитель фізики, який сам полагодив вал і новий водяний лоток.",
            "Борошно продаватимуть у крамниці біля школи, а виручка піде на ремонт дороги.",
            "Навесні громада хоче збудувати поруч пекарню й приймати тут школярів з міста.",
        ),
        "Читайте також: Пором через річку ходитиме й узимку",
        "Підписуйтесь на наш канал у Telegram",
        "Лелеки затримались до жовтня",
    ),
)
