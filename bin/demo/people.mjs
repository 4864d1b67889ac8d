const givenNames =
  'Amara Mateo Ingrid Kenji Fatima Lukas Priya Tomasz Chloe Diego Aisha Henrik Mei Samuel Zofia Omar Elena Kwame Nora Rafael Leila Jonas Ananya Piotr Sofia Tariq Greta Hiroshi Imani Felix Camila Yusuf Astrid Bao Miriam Andrei Salma Oskar Lucia Emeka'.split(
    ' ',
  );
const familyNames =
  'Okafor García Lindqvist Tanaka Haddad Weber Sharma Kowalski Moreau Silva Rahman Nielsen Chen Cohen Nowak Farouk Petrova Mensah Byrne Oliveira Hosseini Schmidt Iyer Zieliński Rossi Khan Hoffmann Sato Mwangi Bauer Torres Demir Johansson Nguyễn Levi Popescu Benali Virtanen Romano Adeyemi Brennan Kruger Laurent Takahashi Novák Ferreira Hassan Dubois Jensen Castillo'.split(
    ' ',
  );

const plain = (text) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .replace(/ł/g, 'l')
    .toLowerCase();

/** People with different names, always the same ones. The first is Amara Okafor. */
export const people = (count) =>
  Array.from({ length: count }, (_, index) => {
    const given = givenNames[index % givenNames.length];
    // 11 and 50 have no common divisor, so that no pair comes twice within 2000 people.
    const family = familyNames[(index * 11 + Math.floor(index / givenNames.length)) % familyNames.length];
    const username = `${plain(given)}.${plain(family)}`;
    return { username, name: `${given} ${family}`, email: `${username}@example.com` };
  });
